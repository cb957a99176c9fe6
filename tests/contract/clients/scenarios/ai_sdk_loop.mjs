// The AI SDK's default provider through a loop of tools: its later turns name the items of its first answer.
// Arguments: a model, and whether the answers are streamed.
import { generateText, stepCountIs, streamText, tool } from "ai";
import { createOpenAI } from "@ai-sdk/openai";
import { z } from "zod";

const [model, way] = process.argv.slice(2);
const provider = createOpenAI({ baseURL: process.env.LOCKSTEP_GATEWAY_URL + "/v1", apiKey: process.env.LOCKSTEP_GATEWAY_TOKEN });
const weather = tool({ description: "the weather", inputSchema: z.object({}), execute: async () => ({ celsius: -4 }) });
const asked = { model: provider(model), tools: { weather }, stopWhen: stepCountIs(3), prompt: "How is the weather?", maxRetries: 0 };
const answer = way === "streamed" ? streamText(asked) : await generateText(asked);
const steps = await answer.steps;
console.log(JSON.stringify({ text: await answer.text, steps: steps.length, calls: steps.flatMap((one) => one.toolCalls.map((call) => call.toolName)) }));
