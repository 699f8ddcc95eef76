import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const turnSchema = z.object({
  /** Tells a turn that is kept a second time from another with the same words; absent in turns of earlier releases. */
  id: z.string().optional(),
  /** Epoch ms at which the message was asked and the answer was complete. */
  askedAt: z.number(),
  answeredAt: z.number(),
  message: z.string(),
  response: z.string(),
  answeredBy: z.string(),
  toolsUsed: z.array(z.object({ name: z.string(), success: z.boolean() })),
  /** What the responder wants to find again in the next turn; opaque here. */
  interpretation: z.unknown().optional(),
});

/** One question and its answer, as a session keeps it. */
export type ChatTurn = z.infer<typeof turnSchema>;

/** A turn with its place in the session: 1 is the first turn ever, whatever has been dropped since. */
export interface NumberedTurn extends ChatTurn {
  readonly number: number;
}

export interface ChatSession {
  readonly sessionId: string;
  readonly lastTurnAt: number;
  /** All turns there ever were. */
  readonly turns: number;
  /** The first message still held, cut. */
  readonly title: string;
}

const RANDOM_BYTES = 18;
const TURN_ID_BYTES = 9;
const TITLE_LENGTH = 80;

/** 144 random bits: an id that can't be guessed. */
export function newSessionId(): string {
  return `ses_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
}

export function newTurnId(): string {
  return randomBytes(TURN_ID_BYTES).toString('base64url');
}

/** A list element is the turn's number, a blank, and the turn as JSON: the number is set by Redis as it appends. */
export function readTurn(element: string): NumberedTurn {
  const blank = element.indexOf(' ');
  return { number: Number(element.slice(0, blank)), ...turnSchema.parse(JSON.parse(element.slice(blank + 1))) };
}

export function titleOf({ message }: ChatTurn): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.length > TITLE_LENGTH ? `${line.slice(0, TITLE_LENGTH - 1)}…` : line;
}
