import { unitAtom, type UnitAtom } from './unit-atoms';

/** A unit made of simple ones: a value of it is `(value - offset) · numerator / denominator` in base units. */
export interface ParsedUnit {
  /** What it measures, as base quantities: `volume/mass·time`. Units convert into each other when these are equal. */
  readonly quantity: string;
  readonly numerator: number;
  readonly denominator: number;
  readonly offset: number;
}

/** Apple's molar mass of glucose in g/mol, the only substance HealthKit gives in moles. */
const GLUCOSE_MOLAR_MASS = 180.15588000005408;
const MILLIMOLES = /^mmol(?:<([\d.]+)>)?$/;
const MICROGRAM_HUNDREDTHS_PER_MG = 100_000;

/** Units with one name that are really compounds. */
const COMPOUNDS: ReadonlyMap<string, string> = new Map([
  ['bpm', 'count/min'],
  ['rpm', 'count/min'],
  ['spm', 'count/min'],
  ['brpm', 'count/min'],
  ['hz', 'count/s'],
  ['mph', 'mi/hr'],
  ['kph', 'km/hr'],
  ['kmh', 'km/hr'],
  ['met', 'kcal/hr·kg'],
  ['mets', 'kcal/hr·kg'],
]);

/**
 * Reads a unit in any spelling that occurs in exports (`mL/min·kg`, `ml/(kg*min)`, `mmol<180.1558800000541>/L`).
 * Undefined when it is none we know.
 */
export function parseUnit(text: string): ParsedUnit | undefined {
  const normal = text.normalize('NFKC').trim();
  return parse(COMPOUNDS.get(normal.toLowerCase()) ?? normal);
}

function parse(text: string): ParsedUnit | undefined {
  const whole = atom(text);
  if (whole !== undefined) {
    const { quantity, factor, offset } = whole;
    return { quantity, numerator: factor, denominator: 1, offset };
  }
  const [above = '', ...rest] = text.split('/');
  const numerator = factors(above);
  const denominator = factors(rest.join('·'));
  if (numerator === undefined || denominator === undefined || rest.length === 0) return undefined;
  return {
    quantity: `${product(numerator)}/${product(denominator)}`,
    numerator: numerator.reduce((all, { factor }) => all * factor, 1),
    denominator: denominator.reduce((all, { factor }) => all * factor, 1),
    offset: 0,
  };
}

function factors(text: string): UnitAtom[] | undefined {
  const atoms = text
    .replaceAll(/[()]/g, '')
    .split(/[·∙⋅*]/)
    .map((part) => atom(part.trim()));
  // A degree "per something" is a difference, which the offset of a temperature scale has no part in.
  return atoms.every((each) => each !== undefined) ? atoms.map((each) => ({ ...each, offset: 0 })) : undefined;
}

function atom(text: string): UnitAtom | undefined {
  const moles = MILLIMOLES.exec(text);
  if (moles === null) return unitAtom(text);
  const molarMass = Number(moles[1] ?? GLUCOSE_MOLAR_MASS);
  if (!(molarMass > 0 && molarMass < 1e6)) return undefined;
  return { quantity: 'mass', factor: molarMass * MICROGRAM_HUNDREDTHS_PER_MG, offset: 0 };
}

function product(atoms: readonly UnitAtom[]): string {
  return atoms
    .map(({ quantity }) => quantity)
    .sort()
    .join('·');
}
