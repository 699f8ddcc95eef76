import { agent } from './agent.mjs';
import { dependencies } from './dependencies.mjs';
import { errors } from './errors.mjs';
import { imports } from './imports.mjs';
import { overview } from './overview.mjs';

export const DASHBOARDS = [overview, dependencies, imports, agent, errors];
