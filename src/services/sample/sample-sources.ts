import { attributes } from './apple-xml';

/** Who wrote a record: the two devices, and the apps of the person of the sample (an invented one). */
export type SourceId = 'watch' | 'phone' | 'phoneWithoutDevice' | 'headphones' | 'manual' | 'scale' | 'cuff' | 'food';

interface Source {
  readonly name: string;
  /** One per era (a quarter of the span): software is updated over the year. */
  readonly versions: readonly string[];
  readonly device?: (version: string) => string;
}

/** Quarters of the span; software versions change from one to the next. */
export const ERAS = 4;

const WATCH_VERSIONS = ['9.6.3', '10.1', '10.4', '10.6.1'];
const PHONE_VERSIONS = ['16.6', '17.1', '17.4', '17.6.1'];
// Apple puts a no-break space between "Apple" and "Watch", and a typographic apostrophe.
const WATCH_NAME = 'Alex\u2019s Apple\u00a0Watch';
/** The same watch as older software wrote it: only normalising shows that it is one device. */
const WATCH_NAME_FIRST_ERA = "Alex's Apple\u00a0Watch";

const SOURCES: Record<SourceId, Source> = {
  watch: {
    name: WATCH_NAME,
    versions: WATCH_VERSIONS,
    device: (version) => appleDevice('0x2819e4b40', 'Apple Watch', 'Watch', 'Watch6,2', version),
  },
  phone: {
    name: 'Alex\u2019s iPhone',
    versions: PHONE_VERSIONS,
    device: (version) => appleDevice('0x281a0c6e0', 'iPhone', 'iPhone', 'iPhone14,5', version),
  },
  phoneWithoutDevice: { name: 'Alex\u2019s iPhone', versions: PHONE_VERSIONS },
  headphones: {
    name: 'Alex\u2019s iPhone',
    versions: PHONE_VERSIONS,
    device: () => '<<HKDevice: 0x281b7d2a0>, name:AirPods, manufacturer:Apple Inc., model:0x2014>',
  },
  manual: { name: 'Health', versions: PHONE_VERSIONS },
  scale: { name: 'Trim & Fit Scale', versions: ['4.9.0', '4.10.2', '4.12.0', '4.12.1'] },
  cuff: { name: 'HomeCuff', versions: ['2.3', '2.3', '2.4', '2.4'] },
  food: { name: 'Plate "Journal"', versions: ['7.1', '7.2', '7.3', '7.4'] },
};

function appleDevice(address: string, name: string, model: string, hardware: string, software: string): string {
  return `<<HKDevice: ${address}>, name:${name}, manufacturer:Apple Inc., model:${model}, hardware:${hardware}, software:${software}>`;
}

/** ` sourceName="…" sourceVersion="…" device="…"`, escaped, as `id` wrote them in that era. */
export function sourceAttributes(id: SourceId, era: number): string {
  const source = SOURCES[id];
  const version = source.versions[era] ?? '1.0';
  const sourceName = id === 'watch' && era === 0 ? WATCH_NAME_FIRST_ERA : source.name;
  return attributes({ sourceName, sourceVersion: version, device: source.device?.(version) });
}
