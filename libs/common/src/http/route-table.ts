import findMyWay from 'find-my-way';

type Method = findMyWay.HTTPMethod;

/** All routes of the application, to tell a wrong method (405) from a wrong path (404). */
export class RouteTable {
  private readonly router = findMyWay({ maxParamLength: Number.MAX_SAFE_INTEGER });
  private readonly methods = new Set<Method>();

  add(method: string | readonly string[], url: string): void {
    for (const each of [method].flat() as Method[]) {
      // The framework registers some routes twice (HEAD beside GET); the first is as good as the second.
      if (this.router.hasRoute(each, url)) continue;
      this.router.on(each, url, () => undefined);
      this.methods.add(each);
    }
  }

  /** Methods that `path` answers to, sorted; none when there is nothing at the path. */
  allowedMethods(path: string): string[] {
    const allowed = [...this.methods].filter((method) => this.router.find(method, path) !== null);
    return allowed.length === 0 ? [] : [...new Set([...allowed, 'OPTIONS'])].sort();
  }
}
