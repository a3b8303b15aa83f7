"""An OpenAPI 3.1 file as a judge of requests and answers."""

import copy
import json
import re

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


class Specification:
    """Operations found by method and path.

    `gaps` are corrections of the file itself, each with a reason: what only passes once the file is corrected counts as
    explained. `expected` are the kinds of request that Guildhall sends.
    """

    def __init__(self, path, prefix, gaps, expected):
        with open(path) as file:
            self.plain = json.load(file)
        self.prefix, self.expected = prefix, expected
        self.mended = copy.deepcopy(self.plain)
        for gap in gaps:
            mend(self.mended, gap)
        self.judges = {id(document): Judge(document) for document in (self.plain, self.mended)}
        self.routes = [(pattern(path), path) for path in sorted(self.mended["paths"], key=lambda path: path.count("{"))]

    def operation(self, document, exchange):
        """The operation, what stands for the path's parameters, and all declared parameters; None when there is none."""
        path = exchange.path[len(self.prefix):]
        for route, name in self.routes:
            match = route.fullmatch(path)
            item = document["paths"].get(name, {})
            if match and exchange.method.lower() in item:
                operation = item[exchange.method.lower()]
                declared = item.get("parameters", []) + operation.get("parameters", [])
                return name, operation, match.groupdict(), [self.resolved(document, one) for one in declared]
        return None

    def subject(self, exchange):
        """The request by its operation, so that many of one kind are one line."""
        found = self.operation(self.mended, exchange)
        return "%s %s" % (exchange.method, found[0] if found else exchange.path)

    def resolved(self, document, value):
        while "$ref" in value:
            target = document
            for step in value["$ref"][2:].split("/"):
                target = target[step]
            value = target
        return value

    def judge(self, exchange, check):
        """("passed" | "explained" | "failed", sentences): first by the file as it is, then as it is mended."""
        faults = check(self.plain, exchange)
        if not faults:
            return "passed", []
        rest = check(self.mended, exchange)
        return ("failed", rest) if rest else ("explained", faults)

    def request(self, exchange):
        return self.judge(exchange, self.request_faults)

    def answer(self, exchange):
        return self.judge(exchange, self.answer_faults)

    # -- requests

    def request_faults(self, document, exchange):
        found = self.operation(document, exchange)
        if found is None:
            return ["no such operation"]
        _, operation, places, parameters = found
        faults = self.parameter_faults(document, exchange, places, parameters)
        return faults + self.body_faults(document, exchange, operation)

    def parameter_faults(self, document, exchange, places, parameters):
        faults = []
        declared = {one["name"]: one for one in parameters if one["in"] == "query"}
        for one in parameters:
            if one["in"] == "path":
                faults += self.faults(document, one["schema"], places[safe(one["name"])], "path " + one["name"])
            if one["in"] == "query" and one.get("required") and one["name"] not in dict(exchange.query):
                faults.append("query %s is missing" % one["name"])
        for name, value in exchange.query:
            if name not in declared:
                faults.append("query %s is not declared" % name)
            else:
                schema = self.resolved(document, declared[name]["schema"])
                faults += self.faults(document, schema, typed(value, schema), "query " + name)
        return faults

    def body_faults(self, document, exchange, operation):
        content = operation.get("requestBody", {}).get("content", {})
        if not exchange.body:
            return ["a body is required"] if operation.get("requestBody", {}).get("required") else []
        kind = exchange.headers.get("content-type", "").split(";")[0]
        if kind not in content:
            return ["a body of type “%s” is not declared" % kind]
        if kind != "application/json":
            return []
        return self.faults(document, closed(content[kind]["schema"]), exchange.json, "body")

    # -- answers

    def answer_faults(self, document, exchange):
        found = self.operation(document, exchange)
        if found is None:
            return ["no such operation"]
        responses = found[1]["responses"]
        status = str(exchange.status)
        response = next((responses[one] for one in (status, status[0] + "XX", "default") if one in responses), None)
        if response is None:
            return ["status %s is not declared" % status]
        content = self.resolved(document, response).get("content", {})
        if not content:
            return ["an answer without content has a body"] if exchange.answer else []
        kind = exchange.answer_headers.get("content-type", "").split(";")[0]
        if kind not in content:
            return ["an answer of type “%s” is not declared" % kind]
        return self.faults(document, content[kind].get("schema", {}), exchange.answer_json, "answer")

    def faults(self, document, schema, value, name):
        return self.judges[id(document)].faults(schema, value, name)


class Judge:
    """Validators that see the whole document, made once for each schema."""

    def __init__(self, document):
        resource = Resource(document, DRAFT202012)
        self.registry = Registry().with_resource("urn:document", resource)
        self.validators = {}

    def faults(self, schema, value, name):
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            self.validators[key] = Draft202012Validator(rebased(schema), registry=self.registry)
        return ["%s%s: %s" % (name, "".join("[%r]" % step for step in error.absolute_path), deepest(error))
                for error in self.validators[key].iter_errors(value)]


def deepest(error):
    """Of the branches of a union the fault that got furthest says most."""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    return "%s (at %s)" % (error.message[:200], "/".join(map(str, error.absolute_path)))


def rebased(value):
    """References into the document, from a schema that stands alone."""
    if isinstance(value, dict):
        return {name: "urn:document" + part if name == "$ref" else rebased(part) for name, part in value.items()}
    return [rebased(part) for part in value] if isinstance(value, list) else value


def closed(schema):
    """The same, with nothing in a body that is not declared. The files leave this open, the services do not."""
    kind = schema.get("type")
    if kind == "array" or isinstance(kind, list) and "array" in kind:
        return dict(schema, items=closed(schema.get("items", {})))
    return dict(schema, unevaluatedProperties=False)


def typed(value, schema):
    kinds = schema.get("type", "string")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "integer" in kinds and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    if "boolean" in kinds and value in ("true", "false"):
        return value == "true"
    return [value] if "array" in kinds else value


def safe(name):
    return re.sub(r"\W", "_", name)


def pattern(path):
    pieces = re.split(r"\{(.*?)\}", path)
    return re.compile("".join(
        "(?P<%s>[^/]+)" % safe(piece) if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)))


def mend(document, gap):
    """Puts `becomes` in the places named by the JSON pointer `at`, in which * stands for every member."""
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in gap["at"].split("/")[1:]]
    for place in places(document, steps):
        place[int(last) if isinstance(place, list) else last] = gap["becomes"]


def places(value, steps):
    if not steps:
        return [value]
    step, *rest = steps
    if step == "*":
        return [place for one in value.values() if isinstance(one, dict) for place in places(one, rest)]
    return places(value[int(step)] if isinstance(value, list) else value[step], rest)
