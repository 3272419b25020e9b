import * as z from 'zod';

/**
 * The schema with every object in it left open, at any depth: it keeps the fields that it does not know. The checks
 * stay. Its type does not say so, because nobody can name what is not known.
 */
export function tolerant<Schema extends z.ZodType>(schema: Schema): Schema {
  return opened(schema) as Schema;
}

function opened(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodObject) {
    const shape = Object.fromEntries(Object.entries(schema.shape).map(([name, field]) => [name, opened(field)]));
    return schema.clone({ ...schema.def, shape, catchall: z.unknown() });
  }
  if (schema instanceof z.ZodArray) return schema.clone({ ...schema.def, element: opened(schema.element) });
  if (schema instanceof z.ZodOptional) return schema.clone({ ...schema.def, innerType: opened(schema.unwrap()) });
  return schema;
}
