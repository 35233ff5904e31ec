"""Time from outside: RFC 3161 requests, tokens read and checked, authorities asked over HTTP."""
