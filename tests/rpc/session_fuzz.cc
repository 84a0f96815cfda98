// SPDX-License-Identifier: Apache-2.0
// Any bytes as a client's, in pieces of any size, with a server that does something of everything.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rpc/http2_memory.h"
#include "rpc/session.h"
#include "skyden/base/limits.h"

namespace {

using namespace skyden::rpc;

constexpr size_t kMessageBytes = 100'000;
constexpr size_t kCalls = 32;

struct FuzzCall final : StreamEvents {
  explicit FuzzCall(int32_t stream_id) : id(stream_id) {}
  void OnMessage(std::string bytes, bool) override {
    if (gone || done || bytes.size() > kMessageBytes) __builtin_trap();
    received += bytes.size();
    ++unanswered;
  }
  void OnPeerDone() override {
    if (gone || done) __builtin_trap();
    done = true;
  }
  void OnSent(size_t) override {
    if (gone) __builtin_trap();
  }
  void OnGone() override {
    if (gone) __builtin_trap();
    gone = true;
  }

  const int32_t id;
  size_t received = 0;
  size_t unanswered = 0;
  bool done = false;
  bool gone = false;
};

struct FuzzServer final : Session::Owner {
  std::shared_ptr<StreamEvents> OnCall(int32_t stream_id, CallHead head) override {
    if (head.path.empty() || head.metadata.size() > skyden::base::limits::kRpcHeaders) {
      __builtin_trap();
    }
    calls.push_back(std::make_shared<FuzzCall>(stream_id));
    return calls.back();
  }
  std::vector<std::shared_ptr<FuzzCall>> calls;
};

// What a server does with its calls; `choice` says what.
void Serve(Session& session, FuzzServer& server, uint8_t choice) {
  if (choice == 0xff) session.Trust();
  if (choice == 0xfe) session.Ping();
  if (choice == 0xfd) session.RefuseNewCalls();
  for (const auto& call : server.calls) {
    if (call->gone) continue;
    if ((choice & 1) != 0) session.Read(call->id, 1 + choice % 3);
    if ((choice & 2) != 0) session.SetInitialMetadata(call->id, {{"x-a", "b"}});
    if ((choice & 4) != 0 || call->unanswered > 0) {
      call->unanswered = 0;
      Message message = {Slice::Of(std::string(choice * 300, 'm')), Slice::Of("end")};
      session.Send(call->id, std::make_shared<Outgoing>(std::move(message), nullptr));
    }
    if ((choice & 0x18) == 0x18) session.Finish(call->id, absl::NotFoundError("x"), {{"t", "u"}});
    if ((choice & 0x60) == 0x60) session.Abort(call->id, absl::CancelledError("y"));
  }
}

void Collect(Session& session, size_t enough) {
  Outbox out;
  session.Collect(enough, out);
  while (!out.empty()) {
    iovec vectors[4];
    const size_t count = out.Peek(vectors, 4);
    size_t bytes = 0;
    for (size_t i = 0; i < count; ++i) bytes += vectors[i].iov_len;
    out.Drop((bytes + 1) / 2);
  }
}

}  // namespace

// Two bytes say how long the next piece is and what the server does after it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Http2Memory memory;
  FuzzServer server;
  auto session = std::make_unique<Session>(SessionOptions{kMessageBytes, kCalls}, server, memory);
  std::string_view input(reinterpret_cast<const char*>(data), size);
  absl::Duration now = absl::Seconds(1);
  while (input.size() > 2) {
    const size_t piece =
        std::min<size_t>(1 + static_cast<uint8_t>(input[0]) * 16, input.size() - 2);
    const auto choice = static_cast<uint8_t>(input[1]);
    const bool fine = session->Take(input.substr(2, piece), now);
    if (!session->trusted() && session->held_bytes() > skyden::base::limits::kRpcStrangerWindow) {
      __builtin_trap();
    }
    input.remove_prefix(2 + piece);
    now += absl::Milliseconds(choice);
    if (!fine) break;
    Serve(*session, server, choice);
    Collect(*session, 1 + choice * 100);
  }
  session->AbortAll(absl::UnavailableError("end"));
  session->GoAway("end");
  Collect(*session, 1u << 20);
  session = nullptr;
  for (const auto& call : server.calls) {
    if (!call->gone) __builtin_trap();
  }
  return 0;
}
