import type { Text } from "../text/en.ts";

interface AdminNavProps {
  text: Text;
  /** The current page. */
  path: "/admin/users" | "/admin/events";
  /** Whether the administrator may read events. */
  hasEvents: boolean;
}

/** The links between the lists of administrators. */
export function AdminNav({ text, path, hasEvents }: AdminNavProps) {
  if (!hasEvents) return null;
  const links = [
    ["/admin/users", text.admin.users.title],
    ["/admin/events", text.admin.events.title],
  ] as const;
  return (
    <nav class="admin-nav" aria-label={text.admin.navLabel}>
      {links.map(([href, title]) => (
        <a href={href} aria-current={href === path ? "page" : undefined}>{title}</a>
      ))}
    </nav>
  );
}
