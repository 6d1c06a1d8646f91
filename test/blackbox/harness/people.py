"""Tenants, customers and users of their own for a test."""
import uuid

NOBODY = "13814000-1dd2-11b2-8080-808080808080"
DENIED = "You don't have permission to perform this operation!"


def some(what):
    return f"{what} {uuid.uuid4()}"


def an_email():
    return f"user.{uuid.uuid4().hex}@example.org"


def entity_id(kind, text):
    return {"entityType": kind, "id": text}


def new_tenant(system, **fields):
    return system.ok("POST", "/api/tenant", {"title": some("tenant"), **fields})


def new_customer(tenant, **fields):
    return tenant.ok("POST", "/api/customer", {"title": some("customer"), **fields})


def new_user(rest, customer=None, **fields):
    user = {"email": an_email(), "authority": "CUSTOMER_USER" if customer else "TENANT_ADMIN", **fields}
    if customer:
        user["customerId"] = customer["id"]
    return rest.ok("POST", "/api/user?sendActivationMail=false", user)


def new_dashboard(tenant, **fields):
    return tenant.ok("POST", "/api/dashboard", {"title": some("dashboard"), "configuration": {"widgets": {}}, **fields})


def page(rest, path, **params):
    return rest.ok("GET", path, params={"pageSize": 100, "page": 0, **params})["data"]


def ids(entities):
    return [each["id"]["id"] for each in entities]


def assert_matrix(rows, **rests):
    """Rows of (method, path, body, *statuses), a status for each of `rests` in order; the last one may delete."""
    wrong = []
    for method, path, body, *statuses in rows:
        for (name, rest), status in zip(rests.items(), statuses):
            found = rest.call(method, path, body).status_code
            if found != status:
                wrong.append(f"{name} {method} {path}: {found}, not {status}")
    assert wrong == []
