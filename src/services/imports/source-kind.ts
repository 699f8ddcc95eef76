import type { SourceKind } from '../records/health-record';

const WATCH = /\bmodel:Watch\b|\bhardware:Watch\d|\bname:Apple\sWatch\b/;
const PHONE = /\bmodel:(?:iPhone|iPad|iPod)|\bhardware:(?:iPhone|iPad|iPod)/;
const NAMED_WATCH = /\bApple\sWatch\b/i;
const NAMED_PHONE = /\b(?:iPhone|iPad|iPod)\b/i;

/**
 * What made a record, by the hardware in its `device` attribute; records of old exports have none, and then the
 * source's name says it. What neither tells apart is an app.
 */
export function sourceKindOf(device: string | undefined, sourceName: string): SourceKind {
  const told = device !== undefined && device.startsWith('<<HKDevice');
  const [watch, phone, text] = told ? [WATCH, PHONE, device] : [NAMED_WATCH, NAMED_PHONE, sourceName];
  if (watch.test(text)) return 'watch';
  return phone.test(text) ? 'phone' : 'app';
}

const CACHE_LIMIT = 4_096;

/** `sourceKindOf`, worked out once for each pair of device and source; a file that never repeats one stays cheap. */
export class SourceKinds {
  private readonly known = new Map<string, SourceKind>();
  private lastDevice: string | undefined;
  private lastSource = '';
  private lastKind: SourceKind = 'app';

  of(device: string | undefined, sourceName: string): SourceKind {
    if (device === this.lastDevice && sourceName === this.lastSource) return this.lastKind;
    this.lastDevice = device;
    this.lastSource = sourceName;
    this.lastKind = this.lookUp(device, sourceName);
    return this.lastKind;
  }

  private lookUp(device: string | undefined, sourceName: string): SourceKind {
    // The memory address in `<<HKDevice: 0x283a1c0>, name:…` differs between records of one and the same device.
    const key = `${device === undefined ? '' : device.slice(device.indexOf('>,') + 1)}\u0000${sourceName}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= CACHE_LIMIT) this.known.clear();
    const kind = sourceKindOf(device, sourceName);
    this.known.set(key, kind);
    return kind;
  }
}
