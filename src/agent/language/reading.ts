import type { Correction } from './vocabulary';
import type { Danger } from './safety';
import type { Interpretation } from './interpretation';

/** What a question asks that data answers cannot give (yet). */
export type Unsupported =
  'workouts' | 'rings' | 'trend' | 'forecast' | 'reason' | 'advice' | 'change' | 'goal' | 'condition' | 'difference';

/** What a message was understood to be. */
export type Reading =
  | { readonly kind: 'danger'; readonly danger: Danger }
  | { readonly kind: 'greeting' | 'thanks' | 'help' | 'diagnosis' | 'too_long' }
  | { readonly kind: 'inventory' }
  | { readonly kind: 'unsupported'; readonly topic: Unsupported }
  | { readonly kind: 'bad_period'; readonly problem: string }
  /** No metric was understood; `subject` is what may have been meant as one, with the nearest names. */
  | { readonly kind: 'unclear'; readonly subject: string; readonly didYouMean: readonly string[] }
  | {
      readonly kind: 'question';
      readonly question: Interpretation;
      readonly corrections: readonly Correction[];
      /** Restrictions that were heard and cannot be met: the answer says so. */
      readonly ignored: readonly string[];
      /** Units are named, which the answer may not have. */
      readonly namesUnits: boolean;
      readonly judgement: boolean;
    };
