import { ConfigurationError, loadConfig } from './load-config';

const trusted = (list: string): readonly string[] | undefined => loadConfig({ TRUST_PROXY: list }).TRUST_PROXY;

describe('the proxies that are believed', () => {
  it('are nobody unless they are named', () => {
    expect(loadConfig({}).TRUST_PROXY).toBeUndefined();
    expect(trusted('loopback, 10.0.0.0/8,192.0.2.1, fd00::/8')).toEqual([
      'loopback',
      '10.0.0.0/8',
      '192.0.2.1',
      'fd00::/8',
    ]);
  });

  // A number of hops, or everybody, would let any client choose the address it is counted by.
  it.each(['true', '1', '*', '0.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', 'proxy.example', '::1/129', ','])(
    'cannot be %s',
    (list) => {
      expect(() => trusted(list)).toThrow(ConfigurationError);
    },
  );
});
