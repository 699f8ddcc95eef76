import { SourceKinds, sourceKindOf } from './source-kind';

const device = (address: string, rest: string): string => `<<HKDevice: ${address}>, ${rest}>`;

describe('what made a record', () => {
  it.each([
    [
      'watch',
      device('0x1', 'name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,1'),
      'Anna’s iPhone',
    ],
    ['phone', device('0x1', 'name:iPhone, model:iPhone, hardware:iPhone12,1'), 'Watch me'],
    ['app', device('0x1', 'name:Scale, manufacturer:Withings, model:Body+'), 'Health Mate on iPhone'],
    ['watch', undefined, 'Anna’s Apple\u00a0Watch'],
    ['phone', undefined, 'iPhone von Anna'],
    ['app', undefined, 'Strava'],
    ['app', undefined, 'Swatch'],
  ])('is a %s: %s, %s', (kind, attribute, source) => {
    expect(sourceKindOf(attribute, source)).toBe(kind);
  });

  it('is told the same way when asked again, whatever the address of the device', () => {
    const kinds = new SourceKinds();
    const asked = Array.from({ length: 10_000 }, (_, i) =>
      kinds.of(device(`0x${i}`, i % 2 ? 'model:Watch' : 'model:iPhone'), 'x'),
    );
    expect(asked.every((kind, i) => kind === (i % 2 ? 'watch' : 'phone'))).toBe(true);
  });
});
