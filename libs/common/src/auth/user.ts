/** Who calls: the token's `sub`, and what the token allows. */
export interface User {
  readonly id: string;
  readonly scopes: readonly string[];
}
