import { Callers } from './callers';

const POLICY = { limit: 10, windowMs: 60_000 };
const MORE_THAN_ARE_KEPT = 60_000;

const addressOf = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;

describe('those who called lately', () => {
  it('are bounded in number, and addresses push out no user', () => {
    const callers = new Callers({ user: POLICY, address: POLICY, errors: POLICY });
    const user = callers.byUser('alice');
    const first = callers.byAddress(addressOf(0));
    expect(callers.byAddress(addressOf(0))).toBe(first);
    for (let n = 1; n < MORE_THAN_ARE_KEPT; n++) callers.byAddress(addressOf(n));
    expect(callers.byAddress(addressOf(0))).not.toBe(first);
    expect(callers.byUser('alice')).toBe(user);
  });

  it('have all their keys in one slot, and no user has those of an address', () => {
    const callers = new Callers({ user: POLICY, address: POLICY, errors: POLICY });
    const slotOf = (key: string): string | undefined => /{(.*?)}/.exec(key)?.[1];
    for (const { requests, errors, tag } of [callers.byUser('address:::1'), callers.byAddress('::1')]) {
      expect([slotOf(requests.key), slotOf(errors.key)]).toEqual([tag, tag]);
      expect(requests.key).not.toBe(errors.key);
    }
    expect(callers.byUser('address:::1').tag).not.toBe(callers.byAddress('::1').tag);
  });

  it('are one where they come from one IPv6 network, or by IPv4 in another guise', () => {
    const callers = new Callers({ user: POLICY, address: POLICY, errors: POLICY });
    expect(callers.byAddress('2001:db8::1')).toBe(callers.byAddress('2001:db8:0:0:ffff::'));
    expect(callers.byAddress('::ffff:192.0.2.1')).toBe(callers.byAddress('192.0.2.1'));
    expect(callers.byAddress('2001:db8:0:1::1')).not.toBe(callers.byAddress('2001:db8::1'));
  });
});
