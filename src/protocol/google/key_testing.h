// The private key of a service account of Google Cloud that nobody has.
#pragma once

namespace thingstead::google {

/// Made for tests.
inline constexpr const char* test_private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAKLolpDU3m2hseeM\n"
    "/LIpywPUvvkDSfj9LyYK3tH+Cz0aiG9UPDg70LIYaQa+bccGS4ff759LT3sgnKsO\n"
    "T5uSvmqzo4K5j1VQ4l3Q1JOIFIYNDOTeC2LjjoSqP6UnG+AIe8VD85zweRHEcWrn\n"
    "vB8epxgCU/IpmrXn9ffQuH/L6p93AgMBAAECgYAw1mdk7dvso9/QmcyboLnS4TGL\n"
    "Nzgy47wBvJqF+5Hk9JJYRblz5kKvUXAS7H2+f52fEzwj1hDyyZkOEtE8w2Y/3iwW\n"
    "2B4Hqruq0teLgshaxx4ynAEoaw9Mw6fmtZ5twJSC0pIG+S9ZDUC0abyhAw9EdABh\n"
    "RpJTmnxeA7XWjcO0qQJBANNupRl6EROVS4dwEFB3X3yph3Uo2pIg9UqBX+AqbJLg\n"
    "Lc+xAVBJiduttNh1O32xoH8cBE93D2vXjlaOJjVIgVMCQQDFP397JQx2EX25qsqr\n"
    "XGW6KZ6b7SV7nBRRx4sPFPPvVJYFEHYivetfTSfe7A96ivdVSjuM7cTi36PdEJzA\n"
    "BrDNAkEAodE2zq7bzu8eZUPhWJRkIlblc0eXMOvEkAdAR6JwgmDM7v37kWUW+2iQ\n"
    "1nGy3FpMCbx5mA/5X4IUUC5vE6ywPQJAI4FznCImJRau7/37b285bJJTV7QPfDmz\n"
    "OqlVschOxLUQMCcvbL+NH+GOnMUXYDKlpPew0oR2XXRuVbvIy5QovQJAEOGfFURh\n"
    "XZjKaHVO9GZTB5B6kNGJ7C1Ufqvdc9LGE3gQjKYy3EqemNbOU+V/fHcD5Cs0uUM6\n"
    "1uAqCJ/4vOVGOg==\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace thingstead::google
