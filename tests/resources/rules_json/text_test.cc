// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/text.h"

#include <catch2/catch.hpp>
#include <string>

namespace skyden::resources::rules_json {
namespace {

TEST_CASE("URLs are read generously, but not everything is one", "[text]") {
  for (const char* url :
       {"10.1.2.3:4317", "http://collector:9411/api?x=1", "collector.example:80", "a.example",
        "https://u:p@h.example/", "[::1]:80", "tcp://x_y.zz:1", "a--b:80", "h.example/a?%zz"}) {
    INFO(url);
    CHECK(IsUrl(url));
  }
  for (const char* text : {"", "x.y", "collector", "*", "gopher://a.b", "a b.c", "h:port",
                           "h:", ".example", "-a.example", "h:123456", "[::1", "a..b:80", "x_y.z",
                           "230.1.1.1", "a.b/%zz", "a.b/\x01", "a---b.c"}) {
    INFO(text);
    CHECK(!IsUrl(text));
  }
  CHECK(!IsUrl("http://" + std::string(3000, 'a')));
}

TEST_CASE("file paths are absolute", "[text]") {
  CHECK(IsFilePath("/"));
  CHECK(IsFilePath("/var/log//x"));
  CHECK(IsFilePath("C:\\logs\\x"));
  CHECK(!IsFilePath("var/log"));
  CHECK(!IsFilePath(""));
  CHECK(!IsFilePath("C:\\a\\\\b"));
  CHECK(!IsFilePath(std::string_view("/a\0b", 4)));
}

TEST_CASE("a CIDR is an address and a prefix that fits it", "[text]") {
  CHECK(IsCidr("10.0.0.0/8"));
  CHECK(IsCidr("fd00::/128"));
  CHECK(!IsCidr("10.0.0.0/33"));
  CHECK(!IsCidr("10.0.0.0"));
  CHECK(!IsCidr("10.0.0/8"));
  CHECK(!IsCidr("10.0.0.0/"));
  CHECK(!IsCidr("10.0.0.0/+8"));
}

TEST_CASE("a SPIFFE ID has a scheme, a trust domain and clean path segments", "[text]") {
  CHECK(WhyNotSpiffeId("spiffe://mesh.example/ns/a/sa/b").empty());
  CHECK(WhyNotSpiffeId("spiffe://mesh").empty());
  CHECK(WhyNotSpiffeId("") == "cannot be empty");
  CHECK(WhyNotSpiffeId("https://mesh") == "scheme is missing or invalid");
  CHECK(WhyNotSpiffeId("spiffe:///a") == "trust domain is missing");
  CHECK(WhyNotSpiffeId("spiffe://Mesh").find("trust domain characters") == 0);
  CHECK(WhyNotSpiffeId("spiffe://m/") == "path cannot have a trailing slash");
  CHECK(WhyNotSpiffeId("spiffe://m//a") == "path cannot contain empty segments");
  CHECK(WhyNotSpiffeId("spiffe://m/../a") == "path cannot contain dot segments");
  CHECK(WhyNotSpiffeId("spiffe://m/a$").find("path segment characters") == 0);
}

TEST_CASE("DNS names are refused with Kubernetes' reasons", "[text]") {
  CHECK(WhyNotDns1123Label("a-1").empty());
  CHECK(WhyNotDns1123Label("a.b") == std::vector<std::string>{"must not contain dots"});
  CHECK(WhyNotDns1123Label(std::string(64, 'a')) ==
        std::vector<std::string>{"must be no more than 63 characters"});
  CHECK(WhyNotDns1123Label("A").size() == 1);
  CHECK(WhyNotDns1123Subdomain("a.b-c.d").empty());
  CHECK(WhyNotDns1123Subdomain("a..b").size() == 1);
  CHECK(WhyNotDns1123Subdomain(std::string(254, 'a')).size() == 1);
  CHECK(WhyNotDns1035Label("a1").empty());
  CHECK(WhyNotDns1035Label("1a").size() == 1);
}

TEST_CASE("a PEM certificate is any block but a private key", "[text]") {
  const auto block = [](const std::string& label, const std::string& data) {
    return "-----BEGIN " + label + "-----\n" + data + "\n-----END " + label + "-----\n";
  };
  CHECK(IsPemCertificate(block("CERTIFICATE", "AAAA")));
  CHECK(IsPemCertificate("text before\n" + block("CERTIFICATE", "AA==")));
  CHECK(!IsPemCertificate(block("EC PRIVATE KEY", "AAAA")));
  CHECK(!IsPemCertificate(block("CERTIFICATE", "AAA")));
  CHECK(!IsPemCertificate(block("CERTIFICATE", "A*AA")));
  CHECK(!IsPemCertificate("AAAA"));
  CHECK(!IsPemCertificate("-----BEGIN CERTIFICATE-----\nAAAA\n"));
}

TEST_CASE("addresses with leading zeros are still addresses to some", "[text]") {
  CHECK(IsIpSloppy("010.001.000.009"));
  CHECK(IsIpSloppy("::1"));
  CHECK(!IsIpSloppy("10.0.0"));
  CHECK(!IsIpSloppy("10.0.0.256"));
  CHECK(!IsIpSloppy("10.0.0.1.2"));
}

}  // namespace
}  // namespace skyden::resources::rules_json
