import { LLM_FAULTS } from './llm.faults';
import { faultSuite } from './support/fault-suite';
import { LlmWorld } from './support/llm-world';

jest.setTimeout(120_000);

describe('while the model is', () => {
  faultSuite(() => LlmWorld.start(), LLM_FAULTS);
});
