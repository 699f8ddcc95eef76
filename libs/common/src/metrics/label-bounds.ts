import type { LabelRule, LabelRules } from './metric-definition';

/** What stands for all values that a label has no room for. */
export const OTHER = 'other';

export type Labels = Readonly<Record<string, string>>;

/** Keeps the number of different values of each label within what its rule allows, whatever it is given. */
export class LabelBounds {
  readonly names: readonly string[];
  private readonly domains: ReadonlyArray<readonly [name: string, domain: Domain]>;

  constructor(rules: LabelRules = {}) {
    this.domains = Object.entries(rules).map(([name, rule]) => [name, new Domain(rule)]);
    this.names = this.domains.map(([name]) => name);
  }

  /** The labels as they may be used, in the order they were declared. */
  apply(given: Labels): Labels {
    return Object.fromEntries(this.domains.map(([name, domain]) => [name, domain.bound(given[name] ?? OTHER)]));
  }

  /** All combinations, when they can be known beforehand and are no more than `limit`. */
  combinations(limit: number): Labels[] {
    let all: Labels[] = [{}];
    for (const [name, domain] of this.domains) {
      if (domain.listed === undefined || all.length * domain.listed.length > limit) return [];
      all = all.flatMap((labels) => domain.listed?.map((value) => ({ ...labels, [name]: value })) ?? []);
    }
    return all;
  }
}

class Domain {
  /** All values, where they are declared in full. */
  readonly listed: readonly string[] | undefined;
  private readonly known: Set<string>;
  private readonly room: number;

  constructor(rule: LabelRule) {
    const isList = isListed(rule);
    this.listed = isList ? rule : undefined;
    this.known = new Set(isList ? rule : 'among' in rule ? rule.among : []);
    this.room = !isList && 'upTo' in rule ? rule.upTo : this.known.size;
  }

  bound(value: string): string {
    if (this.known.has(value)) return value;
    if (this.known.size >= this.room) return OTHER;
    this.known.add(value);
    return value;
  }
}

function isListed(rule: LabelRule): rule is readonly string[] {
  return Array.isArray(rule);
}
