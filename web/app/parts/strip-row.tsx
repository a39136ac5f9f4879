import type { ReactNode } from "react";

/** One line of the strip. */
export function Row({
  tone,
  icon,
  title,
  detail,
  children,
}: {
  readonly tone: "critical" | "warning";
  readonly icon: ReactNode;
  readonly title: string;
  readonly detail?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <div className="strip-row" data-tone={tone}>
      <span className="strip-icon">{icon}</span>
      <p>
        <strong>{title}</strong> {detail && <span className="strip-detail">{detail}</span>}
      </p>
      {children && <span className="strip-acts">{children}</span>}
    </div>
  );
}
