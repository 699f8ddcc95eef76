import { LLM_FAULTS } from './llm.faults';
import { faultSuite } from './support/fault-suite';
import { LlmWorld } from './support/llm-world';

jest.setTimeout(60_000);

describe('while the model is', () => {
  faultSuite(() => LlmWorld.start(), LLM_FAULTS);
});
