import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Max, Min } from 'class-validator';

/** What all sides are asked for: a small list, with parameters that have to be checked and converted. */
export class NightsQuery {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(31)
  limit = 7;

  @IsIn(['asc', 'desc'])
  order = 'asc';
}

export interface Night {
  readonly night: string;
  readonly asleep_minutes: number;
  readonly sources: readonly string[];
}

const LAST_NIGHT = Date.UTC(2025, 10, 30);
const DAY_MS = 86_400_000;

export function nightsOf({ limit, order }: Pick<NightsQuery, 'limit' | 'order'>): { nights: Night[] } {
  const nights = Array.from({ length: limit }, (_none, ago) => ({
    night: new Date(LAST_NIGHT - ago * DAY_MS).toISOString().slice(0, 10),
    asleep_minutes: 420 + ((ago * 17) % 60),
    sources: ['Watch'],
  }));
  return { nights: order === 'asc' ? nights.reverse() : nights };
}
