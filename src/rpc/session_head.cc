// SPDX-License-Identifier: Apache-2.0
// How a call begins: what gRPC over HTTP/2 asks of a request's head, within limits.
#include <nghttp2/nghttp2.h>

#include "fmt/format.h"
#include "rpc/grpc_text.h"
#include "rpc/session.h"
#include "rpc/session_stream.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {
namespace {

namespace limits = base::limits;

// HTTP/2's own measure of a header: RFC 9113, 6.5.2.
constexpr size_t kHeaderOverhead = 32;
// A head that is so many times too large is no mistake: reading on costs more than it is worth.
constexpr size_t kAbsurd = 4;

bool TooLarge(size_t bytes, size_t count) {
  return bytes > limits::kRpcHeaderBytes || count > limits::kRpcHeaders;
}

bool IsOwnName(std::string_view name) {
  constexpr std::string_view kGrpc = "grpc-";
  return name.empty() || name.front() == ':' || name.substr(0, kGrpc.size()) == kGrpc;
}

}  // namespace

void Session::BeginStream(int32_t stream_id) {
  auto stream = std::make_unique<Stream>(stream_id, options_.message_bytes_max);
  stream->head = std::make_unique<StreamHead>();
  streams_[stream_id] = std::move(stream);
  // Or the oldest call with something to say would be served alone until it has said it.
  const nghttp2_extpri in_turn = {NGHTTP2_EXTPRI_DEFAULT_URGENCY, 1};
  nghttp2_session_change_extpri_stream_priority(http2_, stream_id, &in_turn, 1);
}

bool Session::CountHeader(int32_t stream_id, size_t bytes) {
  Stream* const stream = Find(stream_id);
  if (stream == nullptr) return true;
  size_t& sum = stream->head != nullptr ? stream->head->bytes : stream->trailer_bytes;
  sum += bytes + kHeaderOverhead;
  if (stream->head != nullptr) ++stream->head->count;
  return sum <= kAbsurd * limits::kRpcHeaderBytes || Over("a header block that is far too large");
}

void Session::AddHeader(int32_t stream_id, std::string_view name, std::string_view value) {
  Stream* const stream = Find(stream_id);
  // What comes after the messages says nothing to us.
  if (stream == nullptr || stream->head == nullptr) return;
  StreamHead& head = *stream->head;
  if (TooLarge(head.bytes, head.count)) return;
  if (name == ":method") head.method = value;
  if (name == ":path") head.call.path = value;
  if (name == "grpc-encoding") head.encoding = value;
  if (name == "grpc-timeout") {
    head.call.timeout = ParseTimeout(value);
    head.timeout_is_wrong = !head.call.timeout.has_value();
  }
  if (IsOwnName(name)) return;
  if (name == "content-type") {
    head.content_type = value;
  } else if (name == "te") {
    head.te = true;  // nghttp2 lets nothing pass but "trailers"
  } else {
    head.call.metadata.emplace_back(name, value);
  }
}

void Session::HeadComplete(int32_t stream_id) {
  Stream* const found = Find(stream_id);
  if (found == nullptr) return;
  Stream& stream = *found;
  const auto head = std::move(stream.head);
  if (head == nullptr) return;
  // Without a status of gRPC's: whoever asks so does not speak it.
  if (!TooLarge(head->bytes, head->count)) {
    if (head->method != "POST") return RefuseHttp(stream, "405");
    if (!IsGrpcContentType(head->content_type)) return RefuseHttp(stream, "415");
  }
  if (const absl::Status status = CheckHead(*head); !status.ok()) return Fail(stream, status);
  stream.gzip = head->encoding == "gzip";
  stream.events = owner_.OnCall(stream.id, std::move(head->call));
}

absl::Status Session::CheckHead(const StreamHead& head) const {
  if (TooLarge(head.bytes, head.count)) {
    return absl::ResourceExhaustedError(
        fmt::format("the call's metadata is too large: at most {} bytes in {} entries are taken",
                    limits::kRpcHeaderBytes, limits::kRpcHeaders));
  }
  if (refusing_) return absl::UnavailableError("the server is shutting down: connect again");
  if (!head.te) {
    return absl::InternalError(
        "\"te: trailers\" is missing: something between does not speak gRPC");
  }
  if (head.timeout_is_wrong) return absl::InternalError("\"grpc-timeout\" is none");
  if (!head.encoding.empty() && head.encoding != "identity" && head.encoding != "gzip") {
    return absl::UnimplementedError("messages may be compressed with gzip, and not otherwise");
  }
  return absl::OkStatus();
}

void Session::RefuseHttp(Stream& stream, std::string_view http_status) {
  constexpr std::string_view kName = ":status";
  nghttp2_nv status = {};
  status.name = reinterpret_cast<uint8_t*>(const_cast<char*>(kName.data()));
  status.namelen = kName.size();
  status.value = reinterpret_cast<uint8_t*>(const_cast<char*>(http_status.data()));
  status.valuelen = http_status.size();
  nghttp2_submit_response(http2_, stream.id, &status, 1, nullptr);
  Forget(stream.id);
}

}  // namespace skyden::rpc
