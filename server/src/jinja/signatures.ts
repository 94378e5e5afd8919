/** Numbers and names of arguments: what Python says of calls that a function does not take, before it does anything. */

import type { JinjaValue, CallArguments } from './values.ts';
import { typeError } from './values.ts';

interface Signature {
  readonly name: string;
  /** Those that a call may name, in order. */
  readonly parameters: readonly string[];
  /** How many of the parameters have no default. */
  readonly required: number;
  readonly takesMore: boolean;
  readonly takesAnyName: boolean;
}

const signatures = new Map<string, Signature>();

/** Reads `name first second= *rest **others`; a parameter with `=` has a default. */
function signatureOf(written: string): Signature {
  const known = signatures.get(written);
  if (known !== undefined) return known;
  const [name = '', ...all] = written.split(' ');
  const plain = all.filter((parameter) => !parameter.startsWith('*'));
  const signature: Signature = {
    name,
    parameters: plain.map((parameter) => parameter.replace('=', '')),
    required: plain.filter((parameter) => !parameter.endsWith('=')).length,
    takesMore: all.some((parameter) => /^\*\w/.test(parameter)),
    takesAnyName: all.some((parameter) => parameter.startsWith('**')),
  };
  signatures.set(written, signature);
  return signature;
}

/** True if files do not tell which arguments there are. */
function isUncounted(args: CallArguments): boolean {
  return args.isUncounted === true || args.keyword.has('**');
}

/** Raises what Python raises if a function does not take these arguments; the first `hidden` parameters are filled by Jinja or are `self`. */
export function checkCall(written: string, args: CallArguments, hidden = 0): void {
  if (isUncounted(args)) return;
  const { name, parameters, required, takesMore, takesAnyName } = signatureOf(written);
  const given = args.positional.length + hidden;
  for (const keyword of args.keyword.keys()) {
    const at = parameters.indexOf(keyword);
    if (at < 0 && !takesAnyName) throw typeError(`${name}() got an unexpected keyword argument '${keyword}'`);
    if (at >= 0 && at < given) throw typeError(`${name}() got multiple values for argument '${keyword}'`);
  }
  if (given > parameters.length && !takesMore) {
    const most = parameters.length;
    const takes = required < most ? `from ${String(required)} to ${String(most)} positional arguments` : `${String(most)} positional argument${most === 1 ? '' : 's'}`;
    throw typeError(`${name}() takes ${takes} but ${String(given)} ${given === 1 ? 'was' : 'were'} given`);
  }
  const missing = parameters.slice(0, required).filter((parameter, at) => at >= given && !args.keyword.has(parameter)).map((parameter) => `'${parameter}'`);
  if (missing.length === 0) return;
  const last = missing.at(-1) ?? '';
  const listed = missing.length <= 2 ? missing.join(' and ') : `${missing.slice(0, -1).join(', ')}, and ${last}`;
  throw typeError(`${name}() missing ${String(missing.length)} required positional argument${missing.length === 1 ? '' : 's'}: ${listed}`);
}

/** Functions that Python has in C, in its words for each. */
function checkRange(name: string, least: number, most: number, given: number): void {
  if (given >= least && given <= most) return;
  const bound = least === most ? '' : given < least ? 'at least ' : 'at most ';
  const count = given < least ? least : most;
  throw typeError(`${name} expected ${bound}${String(count)} argument${count === 1 ? '' : 's'}, got ${String(given)}`);
}

/** `range()` and `dict()` and the operators among Jinja's tests. */
export function checkCount(name: string, least: number, most: number, args: CallArguments): void {
  if (!isUncounted(args)) checkRange(name, least, most, args.positional.length);
}

/** Jinja's filters, with what it hands them first: the environment or its like, and the value. */
const FILTER_SIGNATURES: Readonly<Record<string, string>> = {
  attr: 'do_attr environment obj name', batch: 'do_batch value linecount fill_with=', capitalize: 'do_capitalize s', center: 'do_center value width=',
  d: 'do_default value default_value= boolean=', default: 'do_default value default_value= boolean=', dictsort: 'do_dictsort value case_sensitive= by= reverse=',
  e: 'escape s', escape: 'escape s', filesizeformat: 'do_filesizeformat value binary=', first: 'sync_do_first environment seq', float: 'do_float value default=',
  forceescape: 'do_forceescape value', groupby: 'sync_do_groupby environment value attribute default= case_sensitive=', indent: 'do_indent s width= first= blank=',
  int: 'do_int value default= base=', items: 'do_items value', join: 'sync_do_join eval_ctx value d= attribute=', last: 'do_last environment seq',
  list: 'sync_do_list value', lower: 'do_lower s', max: 'do_max environment value case_sensitive= attribute=', min: 'do_min environment value case_sensitive= attribute=',
  pprint: 'do_pprint value', random: 'do_random context seq', replace: 'do_replace eval_ctx s old new count=', reverse: 'do_reverse value',
  round: 'do_round value precision= method=', safe: 'do_mark_safe value', slice: 'sync_do_slice value slices fill_with=',
  sort: 'do_sort environment value reverse= case_sensitive= attribute=', string: 'soft_str s', striptags: 'do_striptags value',
  sum: 'sync_do_sum environment iterable attribute= start=', title: 'do_title s', tojson: 'do_tojson eval_ctx value indent=', trim: 'do_trim value chars=',
  truncate: 'do_truncate env s length= killwords= end= leeway=', unique: 'sync_do_unique environment value case_sensitive= attribute=', upper: 'do_upper s',
  urlencode: 'do_urlencode value', urlize: 'do_urlize eval_ctx value trim_url_limit= nofollow= target= rel= extra_schemes=', wordcount: 'do_wordcount s',
  wordwrap: 'do_wordwrap environment s width= break_long_words= wrapstring= break_on_hyphens=', xmlattr: 'do_xmlattr eval_ctx d autospace=', is_list: 'is_list value',
};

const TEST_SIGNATURES: Readonly<Record<string, string>> = {
  divisibleby: 'test_divisibleby value num', in: 'test_in value seq', sameas: 'test_sameas value other', filter: 'test_filter env value', test: 'test_test env value',
};

const UNARY_TESTS: ReadonlySet<string> = new Set(
  'boolean defined escaped even false float integer iterable lower mapping none number odd sequence string true undefined upper'.split(' '),
);

/** The operators that tests of these names are. */
const OPERATOR_TESTS: Readonly<Record<string, string>> = {
  '==': 'eq', eq: 'eq', equalto: 'eq', '!=': 'ne', ne: 'ne', '<': 'lt', lt: 'lt', lessthan: 'lt', '<=': 'le', le: 'le', '>': 'gt', gt: 'gt', greaterthan: 'gt', '>=': 'ge', ge: 'ge',
};

/** What Jinja fills in before the arguments. */
const SURROUNDINGS: ReadonlySet<string> = new Set(['environment', 'env', 'eval_ctx', 'context']);

function checkBuiltin(written: string, args: CallArguments): void {
  checkCall(written, args, SURROUNDINGS.has(written.split(' ')[1] ?? '') ? 2 : 1);
}

/** The arguments of a filter. */
export function checkFilterCall(name: string, args: CallArguments): void {
  const written = FILTER_SIGNATURES[name];
  if (written !== undefined) checkBuiltin(written, args);
  else if (name === 'abs' || name === 'length' || name === 'count') checkOne(name === 'abs' ? 'abs' : 'len', args, 1);
}

/** The arguments of a test. */
export function checkTestCall(name: string, args: CallArguments): void {
  const operator = OPERATOR_TESTS[name];
  if (operator !== undefined) {
    if (!isUncounted(args)) checkRange(operator, 2, 2, args.positional.length + 1);
  } else if (UNARY_TESTS.has(name)) checkCall(`test_${name} value`, args, 1);
  else if (name === 'callable') checkOne('callable', args, 1);
  else if (TEST_SIGNATURES[name] !== undefined) checkBuiltin(TEST_SIGNATURES[name], args);
}

/** A function of one argument in C. */
function checkOne(name: string, args: CallArguments, hidden: number): void {
  if (isUncounted(args)) return;
  if (args.keyword.size > 0) throw typeError(`${name}() takes no keyword arguments`);
  const given = args.positional.length + hidden;
  if (given !== 1) throw typeError(`${name}() takes exactly one argument (${String(given)} given)`);
}

/**
 * Methods with the number of their arguments: `0`, `1`, `least-most`; with `~` those that Python words otherwise, with `!` those that take
 * arguments by name.
 */
const METHODS: Readonly<Record<string, string>> = {
  str:
    'capitalize:0 casefold:0 center:1-2 count:~1-3 encode:!encoding,errors endswith:~1-3 expandtabs:!tabsize find:~1-3 format_map:1 index:~1-3 isalnum:0 isalpha:0 ' +
    'isascii:0 isdecimal:0 isdigit:0 isidentifier:0 islower:0 isnumeric:0 isprintable:0 isspace:0 istitle:0 isupper:0 join:1 ljust:1-2 lower:0 lstrip:0-1 maketrans:1-3 ' +
    'partition:1 removeprefix:1 removesuffix:1 rfind:~1-3 rindex:~1-3 rjust:1-2 rpartition:1 rsplit:!sep,maxsplit rstrip:0-1 split:!sep,maxsplit ' +
    'splitlines:!keepends startswith:~1-3 strip:0-1 swapcase:0 title:0 translate:1 upper:0 zfill:1 replace:2-3',
  list: 'append:1 clear:0 copy:0 count:1 extend:1 index:1-3 insert:2-2 pop:0-1 remove:1 reverse:0',
  dict: 'clear:0 copy:0 fromkeys:1-2 get:1-2 items:0 keys:0 pop:1-2 popitem:0 setdefault:1-2 values:0',
  set: 'add:1 clear:0 copy:0 discard:1 isdisjoint:1 issubset:1 issuperset:1 pop:0 remove:1 symmetric_difference:1',
  tuple: 'count:1 index:1-3',
};

interface Method {
  readonly least: number;
  readonly most: number;
  readonly isReadByFormat: boolean;
  readonly names: readonly string[] | undefined;
}

const methods = new Map(
  Object.entries(METHODS).map(([type, list]) => [
    type,
    new Map(
      list.split(' ').map((item): [string, Method] => {
        const [name = '', count = ''] = item.split(':');
        const names = count.startsWith('!') ? count.slice(1).split(',') : undefined;
        const [least = '0', most = least] = count.replace('~', '').split('-');
        const bounds = names === undefined ? { least: Number(least), most: Number(most) } : { least: 0, most: names.length };
        return [name, { ...bounds, isReadByFormat: count.startsWith('~'), names }];
      }),
    ),
  ]),
);

/** Python 3.13 takes this argument by name, older ones do not. */
const NAMED_SINCE_3_13 = 'str.replace count';

/** The arguments of a method of one of Python's types. */
export function checkMethodCall(type: string, name: string, args: CallArguments): void {
  const method = methods.get(type)?.get(name);
  if (method === undefined || isUncounted(args)) return;
  const { least, most, isReadByFormat, names } = method;
  const given = args.positional.length + args.keyword.size;
  for (const keyword of args.keyword.keys()) {
    if (`${type}.${name} ${keyword}` === NAMED_SINCE_3_13 || names?.includes(keyword) === true) continue;
    if (names !== undefined) throw typeError(`'${keyword}' is an invalid keyword argument for ${name}()`);
    throw typeError(`${isReadByFormat ? name : `${type}.${name}`}() takes no keyword arguments`);
  }
  if (given >= least && given <= most) return;
  if (isReadByFormat || names !== undefined) {
    const count = given < least ? least : most;
    throw typeError(`${name}() takes at ${given < least ? 'least' : 'most'} ${String(count)} argument${count === 1 ? '' : 's'} (${String(given)} given)`);
  }
  if (most === 0) throw typeError(`${type}.${name}() takes no arguments (${String(given)} given)`);
  if (most === 1 && least === 1) throw typeError(`${type}.${name}() takes exactly one argument (${String(given)} given)`);
  checkRange(name, least, most, given);
}

/** A function of dbt's that looks at the number and the names of its arguments first; `hidden` as in `checkCall`. */
export function checked(written: string, call: (args: CallArguments) => JinjaValue, hidden = 0): (args: CallArguments) => JinjaValue {
  return (args) => {
    checkCall(written, args, hidden);
    return call(args);
  };
}
