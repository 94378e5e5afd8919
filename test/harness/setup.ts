/** Makes a bug in a rule or handler fail the test that met it; outside of tests it costs one result and is logged. */

import { bug } from '../../server/src/base/bug.ts';

bug.throwOnReport(true);
