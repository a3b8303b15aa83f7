"""The bad moments of Discord and Notion, as rules of the stand-ins' fault script."""

#: The stand-ins have other visitors, who are left in peace.
OURS = "*uildhall*"


def limited(**headers):
    return {"status": 429, "headers": headers, "body": {"message": "You are being rate limited."}}


#: What both services do now and then. `effect`: it was done, although the answer does not say so.
COMMON = [
    {"status": 502, "effect": True}, {"status": 504, "effect": True}, {"status": 503, "effect": True},
    {"status": 500, "effect": True}, {"cut": True, "effect": True}, {"html": True, "effect": True},
    {"empty": True, "effect": True}, {"body_truncated": True}, {"body_truncated": True, "keep_length": True},
    {"nesting": 100_000, "effect": True},
    {"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}, "effect": True},
    {"status": 302, "headers": {"Location": "file:///etc/passwd"}, "effect": True},
    {"status": 500}, {"status": 502}, {"status": 503}, {"status": 408}, {"cut": True}, {"html": True}, {"delay_ms": 300},
    {"content_type": "text/html"}, {"duplicate_keys": True},
    {"merge": {"type": 9999, "state": "of_tomorrow", "icon": {"type": "of_tomorrow"}}},
    {"status": 529, "headers": {"Retry-After": 1}}, {"status": 429, "retry_at_s": 1},
]

OWN = {
    "discord": [
        limited(**{"Retry-After": "0.4", "X-RateLimit-Scope": "user"}), limited(**{"X-RateLimit-Scope": "user"}),
        limited(**{"Retry-After": "1", "X-RateLimit-Scope": "shared"}),
        limited(**{"Retry-After": "1", "X-RateLimit-Scope": "global", "X-RateLimit-Global": "true"}),
    ],
    "notion": [
        limited(**{"Retry-After": "0.4"}), limited(),
        {"status": 409, "body": {"object": "error", "status": 409, "code": "conflict_error", "message": "Conflict"}},
        {"status": 503, "effect": True,
         "body": {"object": "error", "status": 503, "code": "service_unavailable", "message": "Try later"}},
    ],
}

#: What is much: so many times each.
RARE = [({"gzip_bytes": 1 << 30, "effect": True}, 2), ({"body_bytes": 200 << 20, "effect": True}, 2)]

#: Only when there is time to wait for it. A thousand million seconds are not believed.
LONG = [(limited(**{"Retry-After": "30"}), 1), (limited(**{"Retry-After": "90", "X-RateLimit-Scope": "user"}), 1),
        (limited(**{"Retry-After": "1000000000", "X-RateLimit-Scope": "user"}), 1),
        ({"hang_ms": 31_000, "effect": True}, 3), ({"drip": 1}, 3)]


def weather(seed, share, is_long):
    """Rules that hit this share of all our calls, each time with another fault."""
    rules = []
    for number, service in enumerate(OWN):
        of_ours = {"service": service, "agent": OURS, "seed": seed + number}
        for place, (action, times) in enumerate(RARE + (LONG if is_long else [])):
            rules.append(dict(of_ours, times=times, probability=0.02, after=20 + 80 * place, action=action))
        rules.append(dict(of_ours, times=None, probability=share, action=COMMON + OWN[service]))
    return rules


def always(action, service, **more):
    return [dict({"service": service, "agent": OURS, "times": None, "action": action}, **more)]
