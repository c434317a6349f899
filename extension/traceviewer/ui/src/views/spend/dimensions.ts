// What Spend is broken down by.

export interface Dimension {
  /** key is the value of `by` in the URL and the key of a row. */
  key: string;
  label: string;
  /** by is what the API is asked. */
  by: string[];
  /** none is what calls without one are called. */
  none: string;
}

export const dimensions: Dimension[] = [
  { key: "model", label: "Model", by: ["model", "provider"], none: "no model" },
  { key: "provider", label: "Provider", by: ["provider"], none: "no provider" },
  { key: "agent", label: "Agent", by: ["agent"], none: "no agent" },
  { key: "user", label: "User", by: ["user"], none: "no user" },
  { key: "tenant", label: "Tenant", by: ["tenant"], none: "no tenant" },
  { key: "service", label: "Service", by: ["service"], none: "no service" },
];

/** dimensionOf reads the `by` of a URL. */
export function dimensionOf(key: string | null): Dimension {
  return dimensions.find((one) => one.key === key) ?? (dimensions[0] as Dimension);
}
