/** A simple unit: `one` of it is `factor` times the base unit of its quantity, counted from `offset`. */
export interface UnitAtom {
  readonly quantity: string;
  readonly factor: number;
  readonly offset: number;
}

/** The first spelling is HealthKit's where it has one. */
type Row = readonly [factor: number, ...spellings: string[]];

/*
 * Base units are so small that factors are whole numbers: a conversion is then one multiplication and one division,
 * and 1.4 m/s is 5.04 km/hr, not 5.039999999999999.
 * Factors: international yard and pound (1959), thermochemical calorie (4.184 J, HealthKit's), conventional mmHg.
 */
const ATOMS: Readonly<Record<string, readonly Row[]>> = {
  // HealthKit's percent is a fraction of one, and compatible with a count.
  '': [
    [1, 'count', 'counts', 'step', 'steps', 'beat', 'beats', 'breath', 'breaths'],
    [1, '%', 'percent', 'pct'],
  ],
  energy: [
    [1, 'J', 'joule', 'joules'],
    [1_000, 'kJ', 'kilojoule', 'kilojoules'],
    [4.184, 'cal'],
    [4_184, 'kcal', 'Cal', 'Calorie', 'Calories', 'kilocalorie', 'kilocalories'],
  ],
  length: [
    [10, 'mm', 'millimeter', 'millimeters'],
    [100, 'cm', 'centimeter', 'centimeters', 'centimetre', 'centimetres'],
    [10_000, 'm', 'meter', 'meters', 'metre', 'metres'],
    [10_000_000, 'km', 'kilometer', 'kilometers', 'kilometre', 'kilometres'],
    [254, 'in', 'inch', 'inches', '"'],
    [3_048, 'ft', 'foot', 'feet', "'"],
    [9_144, 'yd', 'yard', 'yards'],
    [16_093_440, 'mi', 'mile', 'miles'],
  ],
  mass: [
    [100, 'mcg', 'μg', 'ug', 'microgram', 'micrograms'],
    [100_000, 'mg', 'milligram', 'milligrams'],
    [100_000_000, 'g', 'gram', 'grams'],
    [100_000_000_000, 'kg', 'kilogram', 'kilograms', 'kgs'],
    [2_834_952_312.5, 'oz', 'ounce', 'ounces'],
    [45_359_237_000, 'lb', 'lbs', 'pound', 'pounds'],
    [635_029_318_000, 'st', 'stone', 'stones'],
  ],
  time: [
    [1, 'ms', 'millisecond', 'milliseconds', 'msec'],
    [1_000, 's', 'sec', 'secs', 'second', 'seconds'],
    [60_000, 'min', 'mins', 'minute', 'minutes'],
    [3_600_000, 'hr', 'h', 'hrs', 'hour', 'hours'],
    [86_400_000, 'd', 'day', 'days'],
  ],
  volume: [
    [1, 'mL', 'ml', 'milliliter', 'milliliters', 'millilitre', 'millilitres', 'cc'],
    [10, 'cL', 'cl'],
    [100, 'dL', 'dl'],
    [1_000, 'L', 'l', 'liter', 'liters', 'litre', 'litres'],
    [29.5735295625, 'fl_oz_us', 'fl oz', 'floz', 'fl_oz'],
    [28.4130625, 'fl_oz_imp'],
    [236.5882365, 'cup_us', 'cup', 'cups'],
    [284.130625, 'cup_imp'],
    [473.176473, 'pt_us', 'pint', 'pints'],
    [568.26125, 'pt_imp'],
  ],
  pressure: [
    [1, 'Pa'],
    [100, 'hPa'],
    [1_000, 'kPa'],
    [133.322387415, 'mmHg', 'mm Hg'],
    [98.0665, 'cmAq', 'cmH2O'],
    [3_386.389, 'inHg'],
    [101_325, 'atm'],
  ],
  conductance: [
    [1, 'mcS', 'μS', 'uS'],
    [1_000, 'mS'],
    [1_000_000, 'S', 'siemens'],
  ],
  power: [
    [1, 'W', 'watt', 'watts'],
    [1_000, 'kW'],
  ],
  sound: [[1, 'dBASPL', 'dBA', 'dB(A)', 'dB', 'dBA SPL']],
  hearing: [[1, 'dBHL']],
  dose: [[1, 'IU', 'unit', 'units']],
  score: [[1, 'appleEffortScore']],
};

/** Counted in ninths of a degree Celsius, so that both scales have whole factors. */
const TEMPERATURES: ReadonlyArray<readonly [factor: number, offset: number, ...spellings: string[]]> = [
  [9, 0, 'degC', '°C', 'C', 'celsius'],
  [5, 32, 'degF', '°F', 'F', 'fahrenheit'],
  [9, 273.15, 'K', 'kelvin'],
];

const exact = new Map<string, UnitAtom>();
/** For spellings that differ in case alone; undefined where case decides (`mS`/`ms`, `Cal`/`cal`). */
const anyCase = new Map<string, UnitAtom | undefined>();

for (const [quantity, rows] of Object.entries(ATOMS)) {
  for (const [factor, ...spellings] of rows) register({ quantity, factor, offset: 0 }, spellings);
}
for (const [factor, offset, ...spellings] of TEMPERATURES) {
  register({ quantity: 'temperature', factor, offset }, spellings);
}

/** A simple unit by any of its spellings, or undefined. */
export function unitAtom(spelling: string): UnitAtom | undefined {
  return exact.get(spelling) ?? anyCase.get(spelling.toLowerCase());
}

function register(atom: UnitAtom, spellings: readonly string[]): void {
  for (const spelling of spellings) {
    exact.set(spelling, atom);
    const lower = spelling.toLowerCase();
    anyCase.set(lower, anyCase.has(lower) && anyCase.get(lower) !== atom ? undefined : atom);
  }
}
