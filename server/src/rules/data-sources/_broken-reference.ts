/** How grave a reference is that leads nowhere: dbt stops on those of enabled nodes alone. */

import { isUnknown } from '../../base/unknown.ts';
import type { DbtNode } from '../../index/model.ts';

/**
 * An error where dbt stops. A warning for a test, which dbt merely switches off, and for a node that is perhaps disabled: dbt then
 * never looks at its references.
 */
export function severityOfBrokenReference(node: DbtNode): 'error' | 'warning' {
  return node.resourceType === 'test' || isUnknown(node.enabled) ? 'warning' : 'error';
}
