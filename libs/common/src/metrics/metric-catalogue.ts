import { PLATFORM_METRICS } from './metric-catalogue.platform';
import { PRODUCT_METRICS } from './metric-catalogue.product';

/**
 * Every metric of the product, declared once. `GET /metrics` and the table in the docs are derived from it; those that
 * the runtime has to tell (`process_*`, `nodejs_*`) come from the library.
 */
export const METRICS = { ...PLATFORM_METRICS, ...PRODUCT_METRICS };
