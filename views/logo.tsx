/** A key. Screen readers skip it, because the site's name stands beside it. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <rect class="logo-background" width="32" height="32" rx="9" />
      <g class="logo-key" transform="rotate(-45 16 16)" fill="none" stroke-width="2.6">
        <circle cx="10.5" cy="16" r="4.7" />
        <path d="M15.2 16h12M22 16v4.2M26.2 16v3.2" stroke-linecap="round" />
      </g>
    </svg>
  );
}
