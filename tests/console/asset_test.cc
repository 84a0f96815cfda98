// SPDX-License-Identifier: Apache-2.0
#include "console/asset.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/console/answers.h"

namespace skyden::console {
namespace {

http::Request Asking(const std::string& tags) {
  http::Request request;
  if (!tags.empty()) request.headers.push_back({"If-None-Match", tags});
  return request;
}

TEST_CASE("an asset has the type that its name says, and one that does nothing else", "[console]") {
  CHECK(MakeAsset("a.js", "").content_type == "text/javascript; charset=utf-8");
  CHECK(MakeAsset("a/b.woff2", "").content_type == "font/woff2");
  CHECK(MakeAsset("js", "").content_type == "application/octet-stream");
}

TEST_CASE("who has an asset is not sent it again", "[console]") {
  const Asset asset = MakeAsset("a.css", "p { color: red }");
  const std::string other = MakeAsset("a.css", "p { color: blue }").etag;
  const std::string strong = asset.etag.substr(2);
  for (const std::string& tags :
       {asset.etag, strong, other + " , " + asset.etag, std::string("*")}) {
    INFO(tags);
    const http::Response answer = AnswerAsset(Asking(tags), asset, Freshness::kAsk);
    CHECK(answer.status == 304);
    CHECK(answer.document == nullptr);
    CHECK(HeaderOf(answer, "ETag") == asset.etag);
  }
  for (const std::string& tags : {std::string(), other, std::string("W/"), std::string(",,")}) {
    INFO(tags);
    CHECK(AnswerAsset(Asking(tags), asset, Freshness::kAsk).status == 200);
  }
}

TEST_CASE("what an address names for ever is never asked for again", "[console]") {
  const Asset asset = MakeAsset("a.css", "p");
  CHECK(HeaderOf(AnswerAsset({}, asset, Freshness::kForEver), "Cache-Control") ==
        "public, max-age=31536000, immutable");
  CHECK(HeaderOf(AnswerAsset({}, asset, Freshness::kAsk), "Cache-Control") == "no-cache");
}

}  // namespace
}  // namespace skyden::console
