import { Alert, Anchor, Button, Loader } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { Link } from "wouter";
import { Refused, Unreachable } from "../api.js";
import { capital } from "../text.js";
import { useWords } from "../words/words.js";

/** For a moment only: says nothing before half a second has gone (see sheets/ground.css). */
export function Waiting() {
  const { app } = useWords();
  return (
    <p className="waiting" role="status">
      <Loader size="sm" aria-hidden /> {app.loading}
    </p>
  );
}

/** Nothing is here yet, and what to do about it. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

interface Told {
  readonly title: string;
  readonly hint: string;
  /** Page of the manual. */
  readonly help?: string;
}

export function useTold(): (error: unknown) => Told {
  const { app } = useWords();
  return (error) => {
    if (error instanceof Unreachable) return { title: app.unreachable, hint: app.unreachableHint };
    if (!(error instanceof Refused)) {
      return { title: app.failed, hint: error instanceof Error ? error.message : String(error) };
    }
    const detail = sentenceOf(error.message);
    if (error.status === 403) {
      return { title: app.notAllowed, hint: `${detail} ${app.notAllowedHint}`, help: "accounts-and-sign-in" };
    }
    if (
      error.code === "unknown-operation" ||
      (error.status === 404 && error.message.includes("under this address"))
    ) {
      return { title: app.notThere, hint: app.notThereHint };
    }
    return { title: app.failed, hint: detail };
  };
}

const sentenceOf = (text: string): string => `${capital(text)}${/[.!?]$/.test(text) ? "" : "."}`;

/** What went wrong and what to do. */
export function Trouble({
  error,
  onRetry,
  page,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
  /** It is all there is to see. */
  readonly page?: boolean;
}) {
  const { app, pages } = useWords();
  const { title, hint, help } = useTold()(error);
  return (
    <Alert
      className={page ? "page-alert" : ""}
      color="red"
      icon={<IconAlertTriangle aria-hidden />}
      title={title}
      role="alert"
    >
      <p>{hint}</p>
      {help && (
        <p>
          <HelpLink page={help}>{pages.help}</HelpLink>
        </p>
      )}
      {onRetry && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          {app.retry}
        </Button>
      )}
    </Alert>
  );
}

export function Note({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Alert color="blue" icon={<IconInfoCircle aria-hidden />} title={title}>
      {children}
    </Alert>
  );
}

export function HelpLink({ page, children }: { readonly page: string; readonly children: ReactNode }) {
  return (
    <Anchor component={Link} href={`/help/${page}`} className="help-link">
      {children}
    </Anchor>
  );
}

export function NothingHere() {
  const { app } = useWords();
  return (
    <Empty
      title={app.lostPage}
      action={
        <Button component={Link} href="/" variant="default">
          {app.toLive}
        </Button>
      }
    >
      {app.lostPageHint}
    </Empty>
  );
}

function Broken() {
  const { app } = useWords();
  return (
    <Empty title={app.broken} action={<Button onClick={() => location.reload()}>{app.reload}</Button>}>
      {app.brokenHint}
    </Empty>
  );
}

/** One page that breaks takes neither the others nor the banner with it. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}
