/** Packs plain data into a few bytes, and reads single values of it back without looking at the rest: the form of what is cached on disk. */

/** Many values, packed. Texts and the keys of objects, which come again and again, stand beside the bytes. */
export interface Packed {
  readonly strings: readonly string[];
  /** The keys of each kind of object, as indexes into `strings`. */
  readonly shapes: readonly (readonly number[])[];
  /** Offsets of maps that stand at several places: they are one map again when they are read. */
  readonly shared: readonly number[];
  readonly bytes: Uint8Array;
}

/** Packed values, and the offset of the one that leads to the others. */
export interface PackedSection {
  readonly packed: Packed;
  readonly root: number;
}

/** Packs values one after the other. */
export interface Packer {
  /**
   * Adds a value of plain data: null, undefined, booleans, numbers, bigints, texts, arrays, Maps, Sets, Int32Arrays and objects of such; gives the
   * offset by which it is read. Throws a TypeError on a function or a symbol. Circles are not looked for.
   */
  add(value: unknown): number;
  /** Bytes so far. */
  readonly length: number;
  finish(): Packed;
}

/** What a value is, in the low bits of its head; the rest of the head is a length, an index or a small number. */
const KIND_BITS = 4;
const UNDEFINED = 0;
const NULL = 1;
const TRUE = 2;
const FALSE = 3;
const INTEGER = 4;
const FLOAT = 5;
const TEXT = 6;
const ARRAY = 7;
const OBJECT = 8;
const MAP = 9;
const SET = 10;
const INTEGERS = 11;
const BIGINT = 12;
const SHARED_MAP = 13;

/** Integers up to this size, either side of zero, fit into a head of 32 bits with sign and kind. */
const LARGEST_INTEGER = 2 ** 26;

/** Makes an empty packer. */
export function createPacker(): Packer {
  let bytes = new Uint8Array(1 << 16);
  let view = new DataView(bytes.buffer);
  let length = 0;
  const strings: string[] = [];
  const stringIndexes = new Map<string, number>();
  const shapes: number[][] = [];
  const shapeIndexes = new Map<string, number>();
  const mapOffsets = new Map<object, number>();
  const shared = new Set<number>();

  function reserve(more: number): void {
    if (length + more <= bytes.length) return;
    const larger = new Uint8Array(Math.max(bytes.length * 2, length + more));
    larger.set(bytes);
    bytes = larger;
    view = new DataView(bytes.buffer);
  }

  function writeNumber(value: number): void {
    reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      bytes[length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[length++] = rest;
  }

  function writeHead(kind: number, value: number): void {
    writeNumber((value << KIND_BITS) | kind);
  }

  function stringIndex(text: string): number {
    let index = stringIndexes.get(text);
    if (index === undefined) {
      index = strings.length;
      stringIndexes.set(text, index);
      strings.push(text);
    }
    return index;
  }

  function shapeIndex(keys: readonly string[]): number {
    const shape = keys.map(stringIndex);
    // Numbers, since keys may hold whatever the names would be joined with.
    const name = shape.join(',');
    let index = shapeIndexes.get(name);
    if (index === undefined) {
      index = shapes.length;
      shapeIndexes.set(name, index);
      shapes.push(shape);
    }
    return index;
  }

  function writeFloat(value: number): void {
    writeHead(FLOAT, 0);
    reserve(8);
    view.setFloat64(length, value);
    length += 8;
  }

  function writeMap(map: ReadonlyMap<unknown, unknown>): void {
    const known = mapOffsets.get(map);
    if (known !== undefined) {
      shared.add(known);
      writeHead(SHARED_MAP, 0);
      writeNumber(known);
      return;
    }
    mapOffsets.set(map, length);
    writeHead(MAP, map.size);
    for (const [key, value] of map) {
      write(key);
      write(value);
    }
  }

  function writeObject(value: object): void {
    const keys = Object.keys(value);
    writeHead(OBJECT, shapeIndex(keys));
    const fields = value as Readonly<Record<string, unknown>>; // Any object can be asked for its own keys.
    for (const key of keys) write(fields[key]);
  }

  function write(value: unknown): void {
    switch (typeof value) {
      case 'string':
        writeHead(TEXT, stringIndex(value));
        return;
      case 'number':
        if (Number.isInteger(value) && Math.abs(value) < LARGEST_INTEGER && !Object.is(value, -0)) {
          writeHead(INTEGER, value < 0 ? -value * 2 - 1 : value * 2);
        } else writeFloat(value);
        return;
      case 'boolean':
        writeHead(value ? TRUE : FALSE, 0);
        return;
      case 'undefined':
        writeHead(UNDEFINED, 0);
        return;
      case 'bigint':
        writeHead(BIGINT, stringIndex(String(value)));
        return;
      case 'object':
        if (value === null) writeHead(NULL, 0);
        else if (Array.isArray(value)) {
          writeHead(ARRAY, value.length);
          for (const item of value) write(item);
        } else if (value instanceof Map) writeMap(value);
        else if (value instanceof Int32Array) {
          writeHead(INTEGERS, value.length);
          // Positions mostly grow, by little.
          let before = 0;
          for (const number of value) {
            const step = (number - before) | 0;
            writeNumber((step << 1) ^ (step >> 31));
            before = number;
          }
        } else if (value instanceof Set) {
          writeHead(SET, value.size);
          for (const item of value) write(item);
        } else writeObject(value);
        return;
      default:
        throw new TypeError(`A ${typeof value} cannot be packed`);
    }
  }

  return {
    add(value) {
      const offset = length;
      write(value);
      return offset;
    },
    get length() {
      return length;
    },
    finish: () => ({ strings, shapes, shared: [...shared], bytes: bytes.slice(0, length) }),
  };
}

/**
 * Reads the value at an offset that `add` gave. Each call gives a new value, but for maps that are shared. Of damaged data it throws a RangeError or a
 * SyntaxError, or gives another value.
 */
export type Unpacker = (offset: number) => unknown;

/** Makes a reader of packed values. */
export function createUnpacker({ strings, shapes, shared, bytes }: Packed): Unpacker {
  const keysOfShape = shapes.map((keys) => keys.map(text));
  const isShared = new Set(shared);
  const sharedMaps = new Map<number, Map<unknown, unknown>>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function text(index: number): string {
    const found = strings[index];
    if (found === undefined) throw new RangeError(`There is no text ${String(index)}`);
    return found;
  }

  function readNumber(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('The packed data ends too early');
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError('A packed number is too long');
  }

  function readMap(offset: number, size: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    if (isShared.has(offset)) sharedMaps.set(offset, map);
    for (let count = 0; count < size; count++) {
      const key = read();
      map.set(key, read());
    }
    return map;
  }

  function readSharedMap(): Map<unknown, unknown> {
    const offset = readNumber();
    const known = sharedMaps.get(offset);
    if (known !== undefined) return known;
    const after = at;
    at = offset;
    const map = read();
    at = after;
    if (!(map instanceof Map)) throw new RangeError('A shared map is none');
    return map;
  }

  function readObject(shape: number): object {
    const keys = keysOfShape[shape];
    if (keys === undefined) throw new RangeError(`There is no shape ${String(shape)}`);
    const value: Record<string, unknown> = {};
    for (const key of keys) value[key] = read();
    return value;
  }

  function readIntegers(size: number): Int32Array {
    if (size > bytes.length - at) throw new RangeError('The packed data ends too early');
    const numbers = new Int32Array(size);
    let before = 0;
    for (let index = 0; index < size; index++) {
      const step = readNumber();
      before += (step >>> 1) ^ -(step & 1);
      numbers[index] = before;
    }
    return numbers;
  }

  function readItems(size: number): unknown[] {
    if (size > bytes.length - at) throw new RangeError('The packed data ends too early');
    const items = new Array<unknown>(size);
    for (let index = 0; index < size; index++) items[index] = read();
    return items;
  }

  function read(): unknown {
    const offset = at;
    const head = readNumber();
    const value = head >>> KIND_BITS;
    switch (head & ((1 << KIND_BITS) - 1)) {
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case INTEGER:
        return (value & 1) === 0 ? value / 2 : -(value + 1) / 2;
      case FLOAT:
        at += 8;
        return view.getFloat64(at - 8);
      case TEXT:
        return text(value);
      case ARRAY:
        return readItems(value);
      case OBJECT:
        return readObject(value);
      case MAP: {
        const known = isShared.has(offset) ? sharedMaps.get(offset) : undefined;
        if (known === undefined) return readMap(offset, value);
        // It was read by way of a later place; its bytes are passed over.
        readMap(-1, value);
        return known;
      }
      case SET:
        return new Set(readItems(value));
      case INTEGERS:
        return readIntegers(value);
      case BIGINT:
        return BigInt(text(value));
      case SHARED_MAP:
        return readSharedMap();
      default:
        throw new RangeError('The packed data holds a value of no kind');
    }
  }

  return (offset) => {
    at = offset;
    return read();
  };
}
