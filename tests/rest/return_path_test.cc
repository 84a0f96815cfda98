// SPDX-License-Identifier: Apache-2.0
#include "rest/return_path.h"

#include <catch2/catch.hpp>
#include <string>

namespace skyden::rest {

TEST_CASE("a browser that is signed in goes to the console and nowhere else", "[rest]") {
  for (const std::string good :
       {"/console/", "/console/zones", "/console/zones/", "/console/cp/0b8c-1/zones/eu-3",
        "/console/zones?status=offline&version=2.9&sort=-lag", "/console/zones?name=a%20b%C3%A9",
        "/console/zones?filter[x]=/a/b", "/console/a.b", "/console/...", "/console/?"}) {
    CAPTURE(good);
    CHECK(ReturnPath(good) == good);
  }
  for (const std::string& bad : {std::string(),
                                 std::string("/"),
                                 std::string("console/"),
                                 std::string("/console"),
                                 std::string("/consolex"),
                                 std::string("/Console/"),
                                 std::string("//evil.example"),
                                 std::string("//evil.example/console/"),
                                 std::string("/\\evil.example"),
                                 std::string("\\\\evil.example"),
                                 std::string("/console/\\evil.example"),
                                 std::string("/console//evil.example"),
                                 std::string("/console/a//b"),
                                 std::string("https://evil.example/console/"),
                                 std::string("https:/console/"),
                                 std::string("javascript:alert(1)"),
                                 std::string(" /console/"),
                                 std::string("/console/ "),
                                 std::string("\t/console/"),
                                 std::string("/console/\r\nSet-Cookie: a=b"),
                                 std::string("/console/\n"),
                                 std::string("/console/.."),
                                 std::string("/console/../x"),
                                 std::string("/console/./x"),
                                 std::string("/console/a/../../x"),
                                 std::string("/console/%2e%2e/x"),
                                 std::string("/console/%2E%2E/x"),
                                 std::string("/console/..%2fx"),
                                 std::string("/console/%2f%2fevil.example"),
                                 std::string("/console/%5cevil.example"),
                                 std::string("/console/%00"),
                                 std::string("/console/#//evil.example"),
                                 std::string("/console/?a#b"),
                                 std::string("/console/?a=\"><script>"),
                                 std::string("/console/?a='b'"),
                                 std::string("/console/?a=\\"),
                                 std::string("/console/?a=%"),
                                 std::string("/console/?a=%2"),
                                 std::string("/console/?a=%zz"),
                                 std::string("/console/?a=b c"),
                                 std::string("/console/?a=b;c"),
                                 std::string("/console/\xff"),
                                 std::string("/console/a\0b", 12),
                                 "/console/" + std::string(3000, 'a')}) {
    CAPTURE(bad);
    CHECK(ReturnPath(bad) == "/console/");
  }
}

}  // namespace skyden::rest
