// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "resources/rules_proto/mesh_authorities.h"
#include "skyden/base/crypto.h"
#include "tests/resources/rules_proto/testing.h"

namespace skyden::resources::testing {
namespace {

struct Case {
  const char* members;
  Strings problems;
};

void CheckAll(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.members);
    CHECK(Problems("Mesh", c.members) == c.problems);
  }
}

TEST_CASE("a mesh has at most one CA, and enables one it has", "[resources][rules][mesh]") {
  CheckAll({
      {"", {}},
      {R"("mtls":{"enabledBackend":"a","backends":[{"name":"a","type":"builtin"}]})", {}},
      {R"("mtls":{"enabledBackend":"b","backends":[{"name":"a"}]})",
       {"mtls.enabledBackend: has to be set to one of the backends in the mesh"}},
      {R"("mtls":{"backends":[{"name":"a"},{"name":"a"}]})",
       {"mtls.backends: cannot have more than 1 backends",
        "mtls.backends[1].name: \"a\" name is already used for another backend"}},
      {R"("mtls":{"backends":[{"name":"a","dpCert":{"rotation":{"expiration":"1d"}}}]})", {}},
      {R"("mtls":{"backends":[{"name":"a","dpCert":{"rotation":{"expiration":"1.5d"}}}]})",
       {"mtls.dpcert.rotation.expiration: has to be a valid format"}},
      {R"("mtls":{"backends":[{"name":"a","dpCert":{}}]})",
       {"mtls.dpcert.rotation.expiration: has to be a valid format"}},
      {R"("routing":{"zoneEgress":true})", {"mtls: has to be set when zoneEgress enabled"}},
  });
}

TEST_CASE("logging backends have a name, a known type and its conf", "[resources][rules][mesh]") {
  CheckAll({
      {R"("logging":{"defaultBackend":"f","backends":[
          {"name":"f","type":"file","conf":{"path":"/var/log/x"}},
          {"name":"t","type":"tcp","conf":{"address":"[::1]:514"}}]})",
       {}},
      {R"("logging":{"defaultBackend":"x","backends":[{"type":"syslog"}]})",
       {"logging.backends[0].name: cannot be empty",
        "logging.backends[0].type: unknown backend type. Available backends: \"tcp\", \"file\"",
        "logging.defaultBackend: has to be set to one of the logging backend in mesh"}},
      {R"("logging":{"backends":[{"name":"f","type":"file"},{"name":"f","type":"tcp"}]})",
       {"logging.backends[0].config.path: cannot be empty",
        "logging.backends[1].config.address: cannot be empty",
        "logging.backends[1].name: \"f\" name is already used for another backend"}},
      {R"("logging":{"backends":[{"name":"t","type":"tcp","conf":{"address":"host"}}]})",
       {"logging.backends[0].config.address: has to be in format of HOST:PORT"}},
      {R"("logging":{"backends":[{"name":"t","type":"tcp","conf":{"address":":1"}}]})",
       {"logging.backends[0].config.address: has to be in format of HOST:PORT"}},
      {R"("logging":{"backends":[{"name":"t","type":"tcp","conf":{"address":5}}]})",
       {"logging.backends[0].config: could not parse config: json: cannot unmarshal number into "
        "Go value of type string"}},
  });
}

TEST_CASE("tracing backends sample within a hundred percent", "[resources][rules][mesh]") {
  CheckAll({
      {R"("tracing":{"backends":[
          {"name":"z","type":"zipkin","sampling":100,"conf":{"url":"https://z:1/api"}},
          {"name":"d","type":"datadog","conf":{"address":"d","port":8126}}]})",
       {}},
      {R"("tracing":{"defaultBackend":"q","backends":[{"name":"z","sampling":100.5}]})",
       {"tracing.backends[0].sampling: has to be in [0.0 - 100.0] range",
        "tracing.backends[0].type: unknown backend type. Available backends: \"zipkin\", "
        "\"datadog\"",
        "tracing.defaultBackend: has to be set to one of the tracing backend in mesh"}},
      {R"("tracing":{"backends":[{"name":"d","type":"datadog","conf":{"port":70000}}]})",
       {"tracing.backends[0].config.address: cannot be empty",
        "tracing.backends[0].config.port: port must be in the range [1, 65535]"}},
  });
  const auto zipkin = [](const std::string& url) {
    return Problems("Mesh", R"("tracing":{"backends":[{"name":"z","type":"zipkin",)"
                            R"("conf":{"apiVersion":"v3","url":")" +
                                url + R"("}}]})");
  };
  const std::string version =
      "tracing.backends[0].config.apiVersion: has invalid value. Allowed values: httpJsonV1, "
      "httpJson, httpProto";
  const std::string at = "tracing.backends[0].config.url: ";
  CHECK(zipkin("") == Strings{version, at + "cannot be empty"});
  CHECK(zipkin("no-scheme") == Strings{version, at + "invalid URL"});
  CHECK(zipkin("http://bad host:1/") == Strings{version, at + "invalid URL"});
  CHECK(zipkin("http://h:x/") == Strings{version, at + "invalid URL"});
  CHECK(zipkin("http://h/%zz") == Strings{version, at + "invalid URL"});
  CHECK(zipkin("http://h/api") == Strings{version, at + "port has to be explicitly specified"});
  CHECK(zipkin("/only/a/path") == Strings{version, at + "port has to be explicitly specified"});
  CHECK(zipkin("http://u:p@[::1]:9411/api") == Strings{version});
}

TEST_CASE("metrics backends are prometheus and fit together", "[resources][rules][mesh]") {
  const auto conf = [](const std::string& text) {
    return Problems(
        "Mesh", R"("metrics":{"backends":[{"name":"p","type":"prometheus","conf":)" + text + "}]}");
  };
  const std::string at = "metrics.backends[0].conf";
  CHECK(conf("{}").empty());
  CHECK(conf(R"({"skipMTLS":true,"tls":{"mode":"disabled"}})").empty());
  CHECK(conf(R"({"skipMTLS":true,"tls":{}})") ==
        Strings{at + ": skipMTLS and tls configuration cannot be defined together"});
  CHECK(conf(R"({"port":"a"})") ==
        Strings{at + ": could not parse config: invalid character 'a' looking for beginning of "
                     "value"});
  CHECK(conf(R"({"envoy":{"filterRegex":"a("}})") ==
        Strings{at + ".envoy.filterRegex: provided regexp isn't correct: error parsing regexp: "
                     "missing closing ): `a(`"});
  CHECK(conf(R"({"aggregate":[{"name":"x"},{"name":"y"},{"name":"x"}]})") ==
        Strings{at + ".aggregate[2].name: duplicate entry: x, values have to be unique"});
  CHECK(Problems("Mesh", R"("metrics":{"enabledBackend":"q","backends":[{"name":"p"}]})") ==
        Strings{"metrics.backends[0].type: unknown backend type. Available backends: "
                "\"prometheus\"",
                "metrics.enabledBackend: has to be set to one of the backends in the mesh"});
}

TEST_CASE("constraints select proxies by tags", "[resources][rules][mesh]") {
  CheckAll({
      {R"("constraints":{"dataplaneProxy":{"requirements":[{"tags":{"a":"*"}}]}})", {}},
      {R"("constraints":{"dataplaneProxy":{"requirements":[{}],
          "restrictions":[{"tags":{"a b":"","c":"d e"}}]}})",
       {"constraints.dataplaneProxy.requirements[0].tags: must have at least one tag",
        "constraints.dataplaneProxy.restrictions[0].tags[\"a b\"]: tag name must consist of "
        "alphanumeric characters, dots, dashes, slashes and underscores",
        "constraints.dataplaneProxy.restrictions[0].tags[\"a b\"]: tag value must be non-empty",
        "constraints.dataplaneProxy.restrictions[0].tags[\"c\"]: tag value must consist of "
        "alphanumeric characters, dots, dashes, slashes and underscores or be \"*\""}},
  });
}

TEST_CASE("prometheus defaults are filled in, nothing else is", "[resources][rules][mesh]") {
  CHECK(ReadBack("Mesh", "").empty());
  CHECK(ReadBack("Mesh", R"("metrics":{})") == R"("metrics":{})");
  CHECK(ReadBack("Mesh", R"("metrics":{"backends":[{"name":"p","type":"prometheus"}]})") ==
        R"("metrics":{"backends":[{"name":"p","type":"prometheus","conf":{"path":"/metrics",)"
        R"("port":5670,"tags":{"kuma.io/service":"dataplane-metrics"},"tls":{}}}]})");
  CHECK(ReadBack("Mesh", R"("metrics":{"backends":[{"name":"p","type":"prometheus","conf":)"
                         R"({"skipMTLS":true,"port":1,"path":"/x","tags":{"a":"b"}}}]})") ==
        R"("metrics":{"backends":[{"name":"p","type":"prometheus","conf":{"path":"/x","port":1,)"
        R"("skipMTLS":true,"tags":{"a":"b"},"tls":{"mode":"disabled"}}}]})");
}

TEST_CASE("a CA backend must be of an installed type and well named", "[resources][rules][mesh]") {
  const auto named = [](const std::string& backend) {
    return NamedProblems("m", R"("mtls":{"backends":[)" + backend + "]}");
  };
  CHECK(named(R"({"name":"ca","type":"builtin"})").empty());
  CHECK(named(R"({"name":"ca","type":"vault"})") ==
        Strings{"mtls.backends[0].type: could not find installed plugin for this type"});
  CHECK(named(R"({"name":"CA","type":"builtin","conf":{"caCert":{"RSAbits":"x"}}})") ==
        Strings{"mtls.backends[0].conf: could not convert backend config: invalid character 'x' "
                "looking for beginning of value",
                "mtls.backends[0].conf.mtls.backends.name: \"CA\" name must be valid dns name"});
  CHECK(NamedProblems("m", R"("mtls":{"skipValidation":true,"backends":[)"
                           R"({"name":"C A","type":"builtin"}]})")
            .empty());
  CHECK(NamedProblems(std::string(64, 'm'), "") ==
        Strings{"name: cannot be longer than 63 characters"});
}

TEST_CASE("a provided CA is a pair of certificate and key", "[resources][rules][mesh]") {
  const auto provided = [](const std::string& conf) {
    return NamedProblems(
        "m", R"("mtls":{"backends":[{"name":"p","type":"provided","conf":)" + conf + "}]}");
  };
  const std::string at = "mtls.backends[0].conf.";
  CHECK(provided("{}") == Strings{at + "cert: has to be defined", at + "key: has to be defined"});
  CHECK(provided(R"({"cert":{},"key":{"secret":""}})") ==
        Strings{at + "cert: data source has to be chosen. Available sources: secret, file, inline",
                at + "key.secret: cannot be empty"});
  CHECK(provided(R"({"cert":{"secret":"c"},"key":{"secret":"k"}})").empty());  // the store's turn
  CHECK(provided(R"({"cert":{"inline":""},"key":{"secret":"k"}})") ==
        Strings{at + "cert.inline: cannot be empty"});
  CHECK(provided(R"({"cert":{"inlineString":"c"},"key":{"file":"/etc/key"}})") ==
        Strings{at + "cert: could not load data: open /etc/key: no such file or directory",
                at + "key: could not load data: open /etc/key: no such file or directory"});
  CHECK(provided(R"({"cert":{"inlineString":"c"},"key":{"inlineString":"k"}})") ==
        Strings{at + "cert: not a valid TLS key pair: tls: failed to find any PEM data in "
                     "certificate input"});
}

TEST_CASE("a loaded pair is checked where its fields are", "[resources][rules][mesh]") {
  const auto ca = base::GenerateMeshCa("m", 2048, absl::FromUnixSeconds(1'700'000'000),
                                       absl::FromUnixSeconds(1'800'000'000));
  REQUIRE(ca.ok());
  CHECK(rules_proto::CheckProvidedPair(0, ca->certificate_pem, ca->private_key_pem).empty());
  const auto bad = rules_proto::CheckProvidedPair(0, ca->certificate_pem, "none");
  REQUIRE(bad.size() == 1);
  CHECK(bad[0].field == "mtls.backends[0].conf.cert");
}

TEST_CASE("the authorities of a stored mesh are listed by type", "[resources][rules][mesh]") {
  const OneType one("Mesh");
  const auto authorities = rules_proto::AuthoritiesOf(
      one.Resource(R"({"mtls":{"enabledBackend":"b","skipValidation":true,"backends":[
        {"name":"b","type":"builtin","conf":{"caCert":{"RSAbits":4096,"expiration":"1y"}}},
        {"name":"p","type":"provided","conf":{"cert":{"secret":"c"},"key":{"inline":"aw=="}}}]}})")
          .spec);
  CHECK(authorities.enabled_backend == "b");
  CHECK(authorities.skip_validation);
  REQUIRE(authorities.builtin.size() == 1);
  CHECK(authorities.builtin[0].rsa_bits == 4096);
  CHECK(authorities.builtin[0].expiration == "1y");
  REQUIRE(authorities.provided.size() == 1);
  CHECK(authorities.provided[0].index == 1);
  CHECK(authorities.provided[0].cert.kind == rules_proto::CaSource::Kind::kSecret);
  CHECK(authorities.provided[0].key.value == "k");
  CHECK(rules_proto::NeedsSecrets(authorities.provided[0]));
  // What has been refused already is not looked up.
  for (const char* bad : {R"({"cert":{"secret":""},"key":{"secret":"k"}})",
                          R"({"cert":{"secret":"c"}})", R"({"cert":5})"}) {
    const std::string spec =
        std::string(R"({"mtls":{"backends":[{"name":"p","type":"provided","conf":)") + bad + "}]}}";
    INFO(spec);
    const auto of_bad = rules_proto::AuthoritiesOf(one.Resource(spec).spec).provided;
    CHECK((of_bad.empty() || !rules_proto::NeedsSecrets(of_bad[0])));
  }
}

}  // namespace
}  // namespace skyden::resources::testing
