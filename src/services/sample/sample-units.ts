/** The units a phone of some region exports in; sample values are made in kcal, km, kg and metres. */
export interface SampleUnits {
  readonly energy: { readonly unit: 'kcal' | 'kJ' | 'Cal'; readonly perKcal: number };
  readonly distance: { readonly unit: 'km' | 'mi'; readonly perKm: number };
  readonly mass: { readonly unit: 'kg' | 'lb'; readonly perKg: number };
  readonly height: { readonly unit: 'cm' | 'ft'; readonly perMetre: number };
  readonly temperature: { readonly unit: 'degC' | 'degF'; readonly of: (celsius: number) => number };
  /** How the phone writes a clock time with hundredths of a second: `07:38:25,90` or `7:38:25.90 AM`. */
  readonly twelveHourClock: boolean;
}

const METRIC: SampleUnits = {
  energy: { unit: 'kcal', perKcal: 1 },
  distance: { unit: 'km', perKm: 1 },
  mass: { unit: 'kg', perKg: 1 },
  height: { unit: 'cm', perMetre: 100 },
  temperature: { unit: 'degC', of: (celsius) => celsius },
  twelveHourClock: false,
};

const KILOJOULES: SampleUnits = { ...METRIC, energy: { unit: 'kJ', perKcal: 4.184 } };

// Exact by definition: the international mile is 1.609344 km, the pound 0.45359237 kg, the foot 0.3048 m.
const UNITED_STATES: SampleUnits = {
  energy: { unit: 'Cal', perKcal: 1 },
  distance: { unit: 'mi', perKm: 1 / 1.609344 },
  mass: { unit: 'lb', perKg: 1 / 0.45359237 },
  height: { unit: 'ft', perMetre: 1 / 0.3048 },
  temperature: { unit: 'degF', of: (celsius) => celsius * 1.8 + 32 },
  twelveHourClock: true,
};

const BY_REGION: Record<string, SampleUnits> = { US: UNITED_STATES, AU: KILOJOULES, NZ: KILOJOULES, FR: KILOJOULES };

/** The units of a locale such as `en_US` or `de_DE`; regions not listed are metric with kcal. */
export function unitsOf(locale: string): SampleUnits {
  return BY_REGION[locale.split('_')[1] ?? ''] ?? METRIC;
}

const US_ZONES = /^America\/(New_York|Detroit|Chicago|Denver|Phoenix|Los_Angeles|Anchorage)$/;

/** The locale a phone in this zone most likely has, so that units fit the place. */
export function localeOf(timeZone: string): string {
  if (US_ZONES.test(timeZone)) return 'en_US';
  if (timeZone.startsWith('Australia/')) return 'en_AU';
  return timeZone === 'Europe/Paris' ? 'fr_FR' : 'en_DE';
}
