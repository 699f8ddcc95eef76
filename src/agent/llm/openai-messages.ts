import type OpenAI from 'openai';
import type { ToolDefinition } from '../../tools/registry/tool';
import type { ChatMessage, ModelToolCall } from './chat-model';
import { parseObject } from './parse-object';

const NOT_IN_A_NAME = /[^\w-]/g;

export function toOpenAiMessages(messages: readonly ChatMessage[]): OpenAI.ChatCompletionMessageParam[] {
  return messages.map((message) => {
    switch (message.role) {
      case 'system':
      case 'user':
        return { role: message.role, content: message.content };
      case 'tool':
        return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
      case 'assistant': {
        const calls = message.toolCalls ?? [];
        const content = message.content === '' ? null : message.content;
        return { role: 'assistant', content, ...(calls.length > 0 && { tool_calls: calls.map(toOpenAiCall) }) };
      }
    }
  });
}

/** Servers refuse the whole conversation for a call they find malformed, their model's own included. */
function toOpenAiCall({ id, name, arguments: written }: ModelToolCall): OpenAI.ChatCompletionMessageFunctionToolCall {
  return {
    id,
    type: 'function',
    function: {
      name: name.replace(NOT_IN_A_NAME, '_') || '_',
      arguments: JSON.stringify(parseObject(written) ?? {}),
    },
  };
}

export function toOpenAiTools(tools: readonly ToolDefinition[]): OpenAI.ChatCompletionFunctionTool[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters: { ...parameters } },
  }));
}
