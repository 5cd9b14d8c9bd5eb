"""Long work of the office's pages: every errand registers with its page, so all pages are known before the first."""

import doudi.web.office.urls  # noqa: F401
