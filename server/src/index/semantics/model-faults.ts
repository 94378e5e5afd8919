/** What MetricFlow refuses of one semantic model, whatever the others say. */

import { isPyDict } from '../../base/python-values.ts';
import { pyRepr } from '../../dbt/python-repr.ts';
import type { SemanticFault, Report } from './fault.ts';
import { faultsOfName, isSqlWord } from './names.ts';
import type { Path, SemanticElement, SemanticModelParts } from './parts.ts';
import { numberOf } from './parts.ts';

/** All faults of a semantic model in itself. */
export function faultsOfModel(model: SemanticModelParts): readonly SemanticFault[] {
  const faults: SemanticFault[] = [];
  const report: Report = (code, message, path, part = 'value') => faults.push({ code, message, node: model.node, path, part });
  checkNames(model, report);
  checkLabels(model, report);
  checkPrimaryEntity(model, report);
  checkNaturalEntities(model, report);
  checkValidity(model, report);
  checkTimes(model, report);
  for (const measure of model.measures) {
    checkPercentile(measure, report);
    checkCount(measure, report);
    checkNonAdditive(model, measure, report);
  }
  return faults;
}

/** All elements in the order in which MetricFlow looks at their names. */
export function elementsOfModel(model: SemanticModelParts): readonly SemanticElement[] {
  return [...model.measures, ...model.entities, ...model.dimensions];
}

function checkNames(model: SemanticModelParts, report: Report): void {
  const used = new Map<string, SemanticElement>();
  for (const fault of faultsOfName(model.node.name)) report('semantic-name', fault, placeOfModel(model));
  for (const element of elementsOfModel(model)) {
    const { name, kind, namePath } = element;
    for (const fault of faultsOfName(name)) report('semantic-name', fault, namePath);
    if (isSqlWord(name)) report('semantic-name', `'${name}' is an SQL reserved keyword, and thus cannot be used as a${kind === 'entity' ? 'n' : ''} ${kind} 'name'`, namePath);
    const other = used.get(name);
    if (other === undefined) used.set(name, element);
    // Of different kinds all are told of where the whole layer is looked at.
    else if (other.kind === kind) report('semantic-name-taken', `In semantic model \`${model.node.name}\`, can't use name \`${name}\` for a ${kind} when it was already used for a ${other.kind}`, namePath);
  }
}

/** Where a semantic model is named: the model's own name, unless it has another. */
export function placeOfModel({ node }: SemanticModelParts): Path {
  return node.namePath ?? ['name'];
}

function checkLabels(model: SemanticModelParts, report: Report): void {
  for (const elements of [model.dimensions, model.entities, model.measures]) {
    const labelled = new Map<string, SemanticElement[]>();
    for (const element of elements) {
      if (element.label === undefined) continue;
      const same = labelled.get(element.label);
      if (same === undefined) labelled.set(element.label, [element]);
      else same.push(element);
    }
    for (const [label, same] of labelled) {
      for (const { kind, path } of same.slice(1)) {
        const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
        report('semantic-label', `${title} labels must be unique within a semantic model. The label \`${label}\` was used for ${String(same.length)} ${plural(kind)}`, [...path, 'label']);
      }
    }
  }
}

function plural(kind: SemanticElement['kind']): string {
  return kind === 'entity' ? 'entities' : `${kind}s`;
}

function checkPrimaryEntity(model: SemanticModelParts, report: Report): void {
  const { name } = model.node;
  const primary = model.entities.filter(({ type }) => type === 'primary');
  const [first, second] = primary;
  if (second !== undefined) {
    const names = primary.map((entity) => entity.name).join(', ');
    report('semantic-entity', `Semantic models can have only one primary entity. The semantic model \`${name}\` has ${String(primary.length)}: ${names}`, second.namePath);
  } else if (first !== undefined && model.primaryEntity !== undefined) {
    const message = `The semantic model \`${name}\` has an entity named \`${first.name}\` with type primary but it also has the \`primary_entity\` field set to \`${model.primaryEntity}\``;
    report('semantic-entity', message, ['primary_entity']);
  } else if (first === undefined && model.primaryEntity === undefined && model.dimensions.length > 0) {
    report('semantic-entity', `The semantic model ${name} contains dimensions, but it does not define a primary entity`, placeOfModel(model));
  }
}

function checkNaturalEntities(model: SemanticModelParts, report: Report): void {
  const natural = model.entities.filter(({ type }) => type === 'natural');
  const names = new Set(natural.map(({ name }) => name));
  const [first] = natural;
  if (first === undefined) return;
  if (names.size > 1) {
    const last = natural.find(({ name }) => name !== first.name) ?? first;
    report('semantic-entity', `Semantic models can have at most one natural entity, but semantic model \`${model.node.name}\` has ${String(names.size)} distinct natural entities set`, last.namePath);
  }
  if (!model.dimensions.some(({ validity }) => validity !== undefined)) {
    report('semantic-entity', 'The use of `natural` entities is currently supported only in conjunction with a validity window', first.namePath);
  }
}

function checkValidity(model: SemanticModelParts, report: Report): void {
  const { name } = model.node;
  const windows = model.dimensions.filter(({ validity }) => validity !== undefined);
  const [first] = windows;
  if (first === undefined) return;
  const at = first.namePath;
  const starts = windows.filter(({ validity }) => validity?.isStart === true).length;
  const ends = windows.filter(({ validity }) => validity?.isEnd === true).length;
  if (windows.length === 1 && starts === 1 && ends === 1) {
    report('semantic-validity', `Semantic model ${name} has a single validity param dimension that defines its window: \`${first.name}\``, at);
  } else if (windows.length !== 2) {
    report('semantic-validity', `Semantic model ${name} has ${String(windows.length)} dimensions defined with validity params`, at);
  } else if (starts !== 1 || ends !== 1) {
    report('semantic-validity', `Semantic model ${name} has two validity param dimensions defined, but does not have exactly one each marked with is_start and is_end`, at);
  }
  if (!model.entities.some(({ type }) => type === 'natural')) {
    report('semantic-validity', `Semantic model ${name} has validity param dimensions defined, but does not have an entity with type \`natural\` set`, at);
  }
  const key = model.entities.find(({ type }) => type === 'primary' || type === 'unique');
  if (key !== undefined) {
    report('semantic-validity', `Semantic model ${name} has validity param dimensions defined and also has one or more entities designated as \`primary\` or \`unique\``, key.namePath);
  }
  const [measure] = model.measures;
  if (measure !== undefined) report('semantic-validity', `Semantic model ${name} has both measures and validity param dimensions defined`, measure.namePath);
}

function isTime(model: SemanticModelParts, name: string): boolean {
  return model.dimensions.some((dimension) => dimension.name === name && dimension.type === 'time');
}

function checkTimes(model: SemanticModelParts, report: Report): void {
  const { defaultTime, node } = model;
  if (defaultTime !== undefined && !isTime(model, defaultTime)) {
    const message = `Default aggregation time dimension was specified as '${defaultTime}' which doesn't exist as a time dimension in semantic model named '${node.name}'`;
    report('semantic-dimension', message, model.defaultTimePath);
  }
  for (const measure of model.measures) {
    const time = measure.aggTime !== undefined && measure.aggTime !== '' ? measure.aggTime : defaultTime;
    if (time === undefined) {
      report('semantic-measure', `Aggregation time dimension for measure ${measure.name} is not set!`, measure.namePath);
    } else if (!isTime(model, time)) {
      const message = `In semantic model '${node.name}', measure '${measure.name}' has the aggregation time dimension set to '${time}', which is not a valid time dimension in the semantic model`;
      // The default has been told of.
      if (measure.aggTime === time) report('semantic-measure', message, [...measure.path, 'agg_time_dimension']);
    }
  }
}

function checkPercentile({ name, type, written, path, namePath }: SemanticElement, report: Report): void {
  const parameters = written.get('agg_params');
  const params = isPyDict(parameters) ? parameters : undefined;
  const percentile = numberOf(params?.get('percentile'));
  const shown = percentile === undefined ? '' : Number.isInteger(percentile) ? `${String(percentile)}.0` : String(percentile);
  const isOn = (key: string): boolean => params?.get(key) === true;
  const at = [...path, 'agg_params'];
  if (type === 'percentile') {
    if (percentile === undefined) report('semantic-measure', `Measure '${name}' uses a PERCENTILE aggregation, which requires agg_params.percentile to be provided`, namePath);
    else if (percentile <= 0 || percentile >= 1) report('semantic-measure', `Percentile aggregation parameter for measure '${name}' is '${shown}', but must be between 0 and 1 (non-inclusive)`, [...at, 'percentile']);
    return;
  }
  if (type === 'median') {
    if (percentile !== undefined && percentile !== 0.5) report('semantic-measure', `Measure '${name}' uses a MEDIAN aggregation, while percentile is set to '${shown}'`, [...at, 'percentile']);
    if (isOn('use_discrete_percentile')) report('semantic-measure', `Measure '${name}' uses a MEDIAN aggregation, while use_discrete_percentile is set to true`, [...at, 'use_discrete_percentile']);
    return;
  }
  const wrong = ['percentile', 'use_discrete_percentile', 'use_approximate_percentile'].filter((key) => (key === 'percentile' ? (percentile ?? 0) !== 0 : isOn(key)));
  const [first] = wrong;
  if (first !== undefined) report('semantic-measure', `Measure '${name}' with aggregation '${type ?? ''}' uses agg_params (${wrong.join(', ')}) only relevant to Percentile measures`, [...at, first], 'key');
}

function checkCount({ name, type, expr, path, namePath }: SemanticElement, report: Report): void {
  if (type !== 'count') return;
  if (expr === undefined) report('semantic-measure', `Measure '${name}' uses a COUNT aggregation, which requires an expr to be provided`, namePath);
  else if (/^distinct /i.test(expr)) report('semantic-measure', `Measure '${name}' uses a 'count' aggregation with a DISTINCT expr: '${expr}'`, [...path, 'expr']);
}

function checkNonAdditive(model: SemanticModelParts, measure: SemanticElement, report: Report): void {
  const written = measure.written.get('non_additive_dimension');
  const wanted = isPyDict(written) ? written.get('name') : undefined;
  if (!isPyDict(written) || typeof wanted !== 'string') return;
  const path = [...measure.path, 'non_additive_dimension'];
  const time = model.dimensions.find(({ name }) => name === (measure.aggTime ?? model.defaultTime));
  // A measure without a time dimension is told of as such.
  if (time === undefined) return;
  const begin = `Measure '${measure.name}' has a non_additive_dimension`;
  const dimension = model.dimensions.find(({ name }) => name === wanted);
  if (dimension === undefined) {
    report('semantic-measure', `${begin} with name '${wanted}' that is not defined as a dimension in semantic model '${model.node.name}'`, [...path, 'name']);
  } else {
    if (dimension.type !== 'time') report('semantic-measure', `${begin} with name'${wanted}' that is defined as a categorical dimension which is not supported`, [...path, 'name']);
    if (dimension.granularity !== undefined && time.granularity !== undefined && dimension.granularity !== time.granularity) {
      report('semantic-measure', `${begin} with name '${wanted}' that has a base time granularity (${dimension.granularity.toUpperCase()}) that is not equal to the measure's agg_time_dimension ${time.name}`, [...path, 'name']);
    }
  }
  const choice = written.get('window_choice');
  if (typeof choice === 'string' && !['min', 'max'].includes(choice.toLowerCase())) {
    report('semantic-measure', `${begin} with an invalid 'window_choice' of '${choice.toLowerCase()}'`, [...path, 'window_choice']);
  }
  const groupings = written.get('window_groupings');
  const missing = (Array.isArray(groupings) ? groupings : []).filter((one) => !model.entities.some(({ name }) => name === one));
  if (missing.length > 0) {
    report('semantic-measure', `${begin} with an invalid 'window_groupings'. These entities {${[...new Set(missing.map(pyRepr))].join(', ')}} do not exist in the semantic model`, [...path, 'window_groupings']);
  }
}
