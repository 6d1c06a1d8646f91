"""What each of our processes is told: the one place that knows how the server's settings are called."""

# The listeners of each kind of process, and the variables of their ports. `all` has every role in one process.
_REST = "THINGSTEAD_API_HTTP_PORT"
_MQTT = "THINGSTEAD_TRANSPORT_MQTT_PORT"
_METRICS = "THINGSTEAD_METRICS_PORT"
_PROBE = "THINGSTEAD_SCRIPT_JS_EXECUTOR_PORT"
LISTENERS = {
    "node": {"rest": _REST, "metrics": _METRICS},
    "mqtt": {"mqtt": _MQTT, "metrics": _METRICS},
    "http": {"http": _REST, "metrics": _METRICS},
    "js-executor": {"probe": _PROBE, "metrics": _METRICS},
    "all": {"rest": _REST, "mqtt": _MQTT, "metrics": _METRICS},
}


def settings_of(kind, name, ports, data, servers, timeseries):
    """The environment of one process.

    `ports` has one of each of its listeners, `servers` says where the servers of others are
    (`Cluster.servers()`), and `timeseries` which of them keeps time series.
    """
    settings = {"THINGSTEAD_DATA": str(data)}
    settings.update({variable: str(ports[listener]) for listener, variable in LISTENERS[kind].items()})
    if kind != "all":
        settings["THINGSTEAD_SERVICE_ID"] = name
        settings["THINGSTEAD_SERVICE_ADDRESS"] = "127.0.0.1"
    settings.update(_queue(servers["kafka"]))
    if kind != "js-executor":
        settings.update(_cache(servers))
    if kind in ("node", "all"):
        settings.update(_stores(servers, timeseries))
    return settings


def _queue(brokers):
    copies = min(3, len(brokers))
    return {
        "THINGSTEAD_QUEUE_DRIVER": "kafka",
        "THINGSTEAD_QUEUE_KAFKA_BROKERS": ",".join(brokers),
        "THINGSTEAD_QUEUE_KAFKA_REPLICATION_FACTOR": str(copies),
        # One broker may be away and everything goes on.
        "THINGSTEAD_QUEUE_KAFKA_MIN_INSYNC_REPLICAS": str(max(1, copies - 1)),
    }


def _cache(servers):
    if "redis" not in servers:
        return {}
    return {"THINGSTEAD_STORE_CACHE_DRIVER": "valkey",
            "THINGSTEAD_STORE_CACHE_ADDRESSES": ",".join(servers["redis"]),
            "THINGSTEAD_STORE_CACHE_CLUSTER": "true"}


def _stores(servers, timeseries):
    settings = {
        "THINGSTEAD_STORE_EVENTS_DRIVER": "postgres",
        "THINGSTEAD_STORE_EVENTS_POSTGRES_URL": servers["postgres_events"],
        "THINGSTEAD_STORE_ENTITIES_DRIVER": "postgres",
        "THINGSTEAD_STORE_ENTITIES_POSTGRES_URL": servers["postgres"],
        "THINGSTEAD_STORE_TIMESERIES_DRIVER": timeseries,
    }
    if timeseries == "cassandra":
        settings["THINGSTEAD_STORE_CASSANDRA_CONTACT_POINTS"] = ",".join(servers["cassandra"])
        settings["THINGSTEAD_STORE_CASSANDRA_USER"] = servers["cassandra_user"]
        settings["THINGSTEAD_STORE_CASSANDRA_PASSWORD"] = servers["cassandra_password"]
    else:
        settings["THINGSTEAD_STORE_TIMESERIES_POSTGRES_URL"] = servers["postgres"]
    return settings
