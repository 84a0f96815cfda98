// SPDX-License-Identifier: Apache-2.0
// The small parts by themselves.
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rpc/frame_watch.h"
#include "rpc/grpc_text.h"
#include "rpc/message_reader.h"
#include "rpc/outbox.h"
#include "skyden/base/limits.h"
#include "tests/rpc/raw_h2.h"

namespace skyden::rpc {
namespace {

namespace limits = base::limits;

TEST_CASE("a timeout is digits and a unit", "[rpc]") {
  const auto [text, timeout] = GENERATE(table<std::string, std::optional<absl::Duration>>({
      {"1H", absl::Hours(1)},
      {"20M", absl::Minutes(20)},
      {"30S", absl::Seconds(30)},
      {"99999999m", absl::Milliseconds(99'999'999)},
      {"7u", absl::Microseconds(7)},
      {"0n", absl::ZeroDuration()},
      {"", std::nullopt},
      {"S", std::nullopt},
      {"1", std::nullopt},
      {"1s", std::nullopt},
      {"-1S", std::nullopt},
      {"1.5S", std::nullopt},
      {"123456789S", std::nullopt},
  }));
  INFO(text);
  CHECK(ParseTimeout(text) == timeout);
}

TEST_CASE("a status text survives a header", "[rpc]") {
  CHECK(EncodeMessage("plain text.") == "plain text.");
  CHECK(EncodeMessage("100 %\r\n\u00e9") == "100 %25%0D%0A%C3%A9");
  CHECK(EncodeMessage(std::string("\0\x7f", 2)) == "%00%7F");
}

TEST_CASE("gRPC's content type may say more", "[rpc]") {
  for (const char* fine : {"application/grpc", "application/grpc+proto", "application/grpc;x=y"}) {
    CHECK(IsGrpcContentType(fine));
  }
  for (const char* not_so : {"", "application/grpcx", "application/json", "Application/grpc"}) {
    CHECK_FALSE(IsGrpcContentType(not_so));
  }
}

TEST_CASE("messages come out as they went in, wherever their bytes are cut", "[rpc]") {
  const std::string bytes = GrpcMessage("first") + GrpcMessage("") + GrpcMessage("third", 1);
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    MessageReader reader(5);
    std::vector<std::string> messages;
    for (std::string_view part :
         {std::string_view(bytes).substr(0, cut), std::string_view(bytes).substr(cut)}) {
      while (!part.empty()) {
        REQUIRE(reader.Take(part).ok());
        if (!reader.complete()) continue;
        CHECK(reader.compressed() == (messages.size() == 2));
        messages.push_back(reader.Release());
      }
    }
    CHECK(messages == std::vector<std::string>{"first", "", "third"});
    CHECK(reader.held() == 0);
  }
}

TEST_CASE("a message that is too long is known by its length", "[rpc]") {
  MessageReader reader(5);
  const std::string bytes = GrpcMessage("longer");
  std::string_view head = std::string_view(bytes).substr(0, 5);
  CHECK(reader.Take(head).code() == absl::StatusCode::kResourceExhausted);
}

TEST_CASE("bytes leave in order, and say when they have left", "[rpc]") {
  Outbox out;
  int written = 0;
  auto message = std::make_shared<Outgoing>(
      Message{Slice::Of("abc"), Slice::Of(""), Slice::Of("de")}, [&] { ++written; });
  CHECK(message->size() == 10);
  out.Copy("12");
  for (size_t at = 0; at < message->size(); at += message->At(at).size()) {
    out.Share(message->At(at), message);
  }
  out.Copy("34");
  out.Copy("56");
  message = nullptr;
  std::string all;
  while (!out.empty()) {
    CHECK(written == (all.size() >= 12 ? 1 : 0));
    iovec vectors[8];
    REQUIRE(out.Peek(vectors, 8) > 0);
    all += *static_cast<char*>(vectors[0].iov_base);
    out.Drop(1);
  }
  CHECK(all == "12" + GrpcMessage("abcde") + "3456");
  CHECK(written == 1);
}

TEST_CASE("frames are counted wherever their bytes are cut", "[rpc]") {
  std::string bytes(kMagic);
  for (int i = 0; i < 40; ++i) {
    bytes += Encode(kData, 0, 1, std::string(300, 'x')) + Encode(kResetStream, 0, 1, Number(8));
  }
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{300}, bytes.size()}) {
    FrameWatch watch;
    std::optional<std::string_view> complaint;
    size_t at = 0;
    for (; at < bytes.size() && !complaint.has_value(); at += piece) {
      complaint = watch.Look(std::string_view(bytes).substr(at, piece), absl::Seconds(1));
    }
    REQUIRE(complaint.has_value());
    CHECK(*complaint == "too many calls reset");
  }
}

TEST_CASE("who receives much may say much", "[rpc]") {
  FrameWatch watch;
  CHECK_FALSE(watch.Look(kMagic, absl::Seconds(1)).has_value());
  const std::string update = Encode(kWindowUpdate, 0, 0, Number(1));
  for (int i = 0; i < 10'000; ++i) {
    watch.SentData();
    CHECK_FALSE(watch.Look(update, absl::Seconds(1)).has_value());
  }
  // What was earned lasts a while, and not for ever.
  size_t more = 0;
  while (!watch.Look(update, absl::Seconds(1)).has_value()) ++more;
  CHECK(more == 30'000 + static_cast<size_t>(limits::kRpcEmptyFrameRate.burst));
}

// Calls at `now` until that is too many; the watch is of no use afterwards.
double CallsLeft(FrameWatch& watch, absl::Duration now) {
  const std::string call = BeginCall(1, "/a");
  double count = 0;
  while (!watch.Look(call, now).has_value()) ++count;
  return count;
}

TEST_CASE("a rate gives back with time, and to the trusted for calls that end well", "[rpc]") {
  static constexpr double kBurst = limits::kRpcStrangerCallRate.burst;
  const absl::Duration begin = absl::Seconds(1);
  const auto [trusted, seconds, ended, left] = GENERATE(table<bool, int, int, double>({
      {false, 0, 0, kBurst - 10},
      {false, 0, 5, kBurst - 10},
      {false, 60, 0, kBurst},
      {true, 0, 0, limits::kRpcCallRate.burst - 10},
      {true, 0, 5, limits::kRpcCallRate.burst - 5},
  }));
  FrameWatch watch;
  REQUIRE_FALSE(watch.Look(kMagic, begin).has_value());
  for (int i = 0; i < 10; ++i) REQUIRE_FALSE(watch.Look(BeginCall(1, "/a"), begin).has_value());
  if (trusted) watch.Trust();
  for (int i = 0; i < ended; ++i) watch.CallEndedWell();
  CHECK(CallsLeft(watch, begin + absl::Seconds(seconds)) == left);
}

}  // namespace
}  // namespace skyden::rpc
