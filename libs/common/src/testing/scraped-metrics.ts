export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Labels of the example, in OpenMetrics. */
  readonly exemplar?: Readonly<Record<string, string>>;
}

export interface ScrapedFamily {
  readonly type: string;
  readonly help: string;
}

const COMMENT = /^# (HELP|TYPE) (\S+) (.*)$/;
const SAMPLE =
  /^([a-zA-Z_:][\w:]*)(?:\{(.*?)\})? (NaN|Nan|[+-]?Inf|[-+.\deE]+)(?: # \{(.*)\} [-+.\deE]+(?: [\d.]+)?)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;

/** What `/metrics` said, in either format. It is read strictly: a line that is neither throws. */
export class ScrapedMetrics {
  readonly samples: readonly ScrapedSample[];
  readonly families = new Map<string, ScrapedFamily>();

  /** @throws SyntaxError for text that is not in the format, or has a series twice */
  constructor(readonly text: string) {
    const lines = text.split('\n').filter((line) => line !== '' && line !== '# EOF');
    this.samples = lines.flatMap((line) => this.read(line) ?? []);
    const seen = new Set<string>();
    for (const { name, labels } of this.samples) {
      const key = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
      if (seen.has(key)) throw new SyntaxError(`Twice: ${key}`);
      seen.add(key);
    }
  }

  /** All series of a name that have these labels, and maybe more. */
  find(name: string, labels: Readonly<Record<string, string>> = {}): ScrapedSample[] {
    return this.samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  }

  /** The sum over all series of a name that have these labels; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.find(name, labels);
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  private read(line: string): ScrapedSample | undefined {
    const [, kind, family = '', rest = ''] = COMMENT.exec(line) ?? [];
    if (kind !== undefined) {
      const known = this.families.get(family) ?? { type: '', help: '' };
      this.families.set(family, kind === 'TYPE' ? { ...known, type: rest } : { ...known, help: rest });
      return undefined;
    }
    const [, name, labels = '', value = '', exemplar] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new SyntaxError(`Not a sample: ${line}`);
    return {
      name,
      labels: labelsOf(labels),
      value: numberOf(value),
      ...(exemplar !== undefined && { exemplar: labelsOf(exemplar) }),
    };
  }
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let read = 0;
  for (const [whole, name = '', value = ''] of text.matchAll(LABEL)) {
    labels[name] = value.replace(/\\(["\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    read += whole.length;
  }
  if (read !== text.length) throw new SyntaxError(`Not labels: ${text}`);
  return labels;
}

function numberOf(text: string): number {
  return text.endsWith('Inf') ? Number(`${text.startsWith('-') ? '-' : ''}Infinity`) : Number(text);
}
