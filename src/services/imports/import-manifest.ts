import { z } from 'zod';

/** What is known of a spooled upload without Redis. Times are epoch milliseconds. */
const manifestSchema = z.object({
  importId: z.string(),
  userId: z.string(),
  kind: z.enum(['zip', 'xml']),
  bytes: z.number(),
  /** Hexadecimal, of the upload as it came. */
  sha256: z.string(),
  createdAt: z.number(),
  correlationId: z.string(),
  traceId: z.string(),
  /** Why the import waits, as long as it does: the code of the error that stopped it. */
  waiting: z.string().optional(),
});

export type ImportManifest = Readonly<z.output<typeof manifestSchema>>;

/** Undefined when `text` is no manifest: a file that was cut by a crash. */
export function parseManifest(text: string): ImportManifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
