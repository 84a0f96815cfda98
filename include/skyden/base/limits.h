// SPDX-License-Identifier: Apache-2.0
// Every bound on what comes from outside, in one place. Units last.
//
// Not here: what a grammar itself says (63 characters of a label), what Go or Kuma bound and we
// follow, how much is read or written at a time, and what bounds only our own files and answers of
// our own command line.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace skyden::base::limits {

// At the door of every port
inline constexpr size_t kConnectionsPerAddress = 1024;
inline constexpr size_t kAdminConnections = 1024;
inline constexpr size_t kKdsConnections = 32'768;
inline constexpr size_t kConnectionsMin = 16;  // of a port, however few descriptors there are
// Of all connections of a port, one in so many is kept free of those that rest or never signed in.
inline constexpr size_t kRoomShare = 16;
inline constexpr size_t kDescriptorHeadroom =
    256;                                     // whatever is no connection and no database file
inline constexpr size_t kHandshakes = 1024;  // TLS handshakes in progress, per port
inline constexpr size_t kHandshakesPerAddress = kHandshakes / 4;
inline constexpr size_t kDoorBuckets = 32'768;     // addresses or tokens told apart at a time
inline constexpr double kFailedSignInsBurst = 60;  // of one address, then so many a second
inline constexpr double kFailedSignInsPerSecond = 1;
struct Rate {
  double burst = 0;  // at once, then so many a second
  double per_second = 0;
};
// New connections of one address; the burst grows with what it may hold.
inline constexpr Rate kArrivals = {2048, 200};
inline constexpr size_t kArrivalAddresses = 8192;  // told apart at a time, per port
inline constexpr size_t kOffenders = 1024;         // addresses whose abuse is told apart, per port
inline constexpr size_t kClaimedNameBytes = 63;    // of what somebody says to be, in an error
inline constexpr absl::Duration kOffenceSummary = absl::Minutes(1);

// gRPC: connections that nobody has vouched for yet are strangers
inline constexpr size_t kRpcConnections = 32'768;
inline constexpr size_t kRpcCallsPerConnection = 1024;  // open: a proxy may bring 100 zones
inline constexpr size_t kRpcStrangerCalls = 16;         // open: a zone brings six
inline constexpr size_t kRpcStreamWindow = 65'535;      // bytes of a call that may wait unread
inline constexpr size_t kRpcStrangerWindow = 65'535;    // the same of all calls of a stranger
inline constexpr size_t kRpcConnectionWindow = 4u << 20;
inline constexpr size_t kRpcStrangerBytes = 64u << 20;  // held for all strangers of a port
inline constexpr size_t kRpcHeaderBytes = 16u << 10;    // as HTTP/2 counts: 32 more for each
inline constexpr size_t kRpcHeaders = 100;
inline constexpr size_t kRpcHeaderBlockBytes = 32u << 10;  // as sent; beyond, it is no mistake
inline constexpr size_t kRpcContinuations = 8;      // frames after the first of a header block
inline constexpr size_t kRpcSettings = 32;          // in one frame
inline constexpr size_t kRpcOutboundAcks = 100;     // owed to a client that does not read
inline constexpr size_t kRpcOutboundFrames = 8192;  // the same, of every kind
inline constexpr size_t kRpcDiscardedBytes = 256u << 10;  // of who goes on talking after the end
inline constexpr Rate kRpcCallRate = {4096, 512};         // calls that end well are given back
inline constexpr Rate kRpcStrangerCallRate = {64, 16};
inline constexpr Rate kRpcResetRate = {2048, 128};
inline constexpr Rate kRpcStrangerResetRate = {32, 4};
inline constexpr Rate kRpcEmptyFrameRate = {1024, 128};  // PING, SETTINGS and their like
inline constexpr double kRpcEmptyFramesPerData = 4;      // that a frame sent may cause
inline constexpr double kRpcEmptyFramesEarned = 65'536;  // saved up at most
inline constexpr size_t kRpcKeyUpdates =
    256;  // of a connection's TLS: a client needs none in years
inline constexpr absl::Duration kRpcHandshake = absl::Seconds(10);
inline constexpr absl::Duration kRpcFirstCall = absl::Seconds(10);
inline constexpr absl::Duration kRpcPing = absl::Seconds(15);    // when nothing came for so long
inline constexpr absl::Duration kRpcGoodbye = absl::Seconds(5);  // to take the last bytes
inline constexpr absl::Duration kRpcLinger = absl::Seconds(1);   // to hang up after them

// REST
inline constexpr size_t kRequestBodyBytes = 10u << 20;
inline constexpr size_t kRequestHeaderBytes = 16u << 10;
inline constexpr int kJsonDepth = 100;
inline constexpr absl::Duration kRequestTime = absl::Seconds(10);
inline constexpr absl::Duration kAnswerTime = absl::Seconds(30);  // from request to its answer
inline constexpr absl::Duration kHttpSendStall = absl::Seconds(10);
inline constexpr absl::Duration kHttpIdleTime = absl::Seconds(120);
inline constexpr size_t kHttpConnections = 4096;
inline constexpr size_t kHttpHeaders = 100;
inline constexpr size_t kHttpLingerBytes = 16u << 20;  // thrown away after an error
inline constexpr absl::Duration kHttpLingerTime = absl::Seconds(2);
inline constexpr size_t kPathSegments = 32;
inline constexpr size_t kRequestIdBytes = 128;               // that a caller sends
inline constexpr size_t kRequestSmallBodyBytes = 16u << 10;  // read before anybody is asked
inline constexpr size_t kRequestBytesInFlight = 256u << 20;  // bodies, over all connections
inline constexpr size_t kRequestBytesPerShare = 64u << 20;   // of one address; of one tenant
inline constexpr size_t kAnswerBytesInFlight = 256u << 20;   // that clients have not taken
inline constexpr size_t kAnswerBytesPerShare = 64u << 20;    // of one tenant
inline constexpr size_t kAnswerBytesStrangersPart = 8;       // strangers get one part in so many
inline constexpr int kPageSizeDefault = 100;
inline constexpr int kPageSizeMax = 1000;
inline constexpr size_t kPageBytes = 8u << 20;             // then a page ends, whatever its size
inline constexpr size_t kPageOffsetMax = size_t{1} << 40;  // beyond: the same empty page
inline constexpr size_t kEchoBytes = 100;                  // of a foreign name in an error

// KDS
inline constexpr size_t kKdsMessageBytes = 10u << 20;     // both directions, uncompressed
inline constexpr size_t kKdsBytesInFlight = 128u << 20;   // over all streams
inline constexpr size_t kKdsFirstStateBytes = 64u << 20;  // of a type, to zones that take as much
inline constexpr size_t kNackTextBytes = 1024;
inline constexpr size_t kInquiryMessages = 200;  // to find out what of one response is refused
inline constexpr size_t kRefusedPerZone = 200;   // resources whose refusal is kept
inline constexpr size_t kRefusedPerControlPlane = 2000;
inline constexpr size_t kRefused = 50'000;  // of all control planes
inline constexpr size_t kZonesNamed = 3;    // in one warning
inline constexpr int kProtobufDepth = 100;
inline constexpr absl::Duration kKdsAuthenticationWait = absl::Seconds(10);
// From a connection's first call until a zone has signed in. Calls are refused sooner, after
// kKdsAuthenticationWait, with the reason; a sign-in that waits for a busy machine is not cut off.
inline constexpr absl::Duration kKdsStrangerTime = absl::Seconds(30);
inline constexpr absl::Duration kKdsSendStall = absl::Seconds(60);
// When there is no room for the messages of others, who has been sending for so long is cut off.
inline constexpr absl::Duration kKdsEvictAfter = absl::Seconds(5);
// What a zone may be ahead of us. More is memory for nothing: the next read starts as soon as these
// are taken. Messages: a zone asks for some 45 types at once and provides some 31.
inline constexpr size_t kKdsInboxBytes = 256u << 10;
inline constexpr size_t kKdsReadAheadDown = 64;
inline constexpr size_t kKdsReadAheadUp = 32;
// Messages that wait for a zone before nothing more is read from it: each may ask for another.
inline constexpr size_t kKdsOutboxMessages = 128;
inline constexpr size_t kKdsBatchBytes = 1u << 20;      // decoded, in a transaction of one zone
inline constexpr size_t kKdsAllBatchBytes = 64u << 20;  // of all zones that wait
inline constexpr absl::Duration kKdsNackBackoff = absl::Seconds(5);
inline constexpr absl::Duration kZoneRequestTime = absl::Seconds(10);
inline constexpr size_t kZoneRequests = 64;  // unanswered, per stream
inline constexpr size_t kZonesPerControlPlane = 10'000;
inline constexpr size_t kStreamsPerConnection = 16;
inline constexpr size_t kZoneSubscriptions = 10;
inline constexpr size_t kZoneConnects = 50;          // of each zone that are remembered
inline constexpr size_t kAllZoneConnects = 100'000;  // beyond: kZoneSubscriptions of each
inline constexpr size_t kPropagationTypes = 10;      // of a zone that are named, and refusals
inline constexpr size_t kPropagationWaits = 1024;    // for zones to arrive somewhere
inline constexpr size_t kPropagationWaitsPerControlPlane = 64;
inline constexpr absl::Duration kPropagationWait = absl::Seconds(20);  // less than kAnswerTime
inline constexpr size_t kRejectedConnections = 100;                    // kept per control plane
inline constexpr size_t kKdsFirstMessageBytes = 256u << 10;  // inflated, before the sign-in
inline constexpr size_t kZoneHeaderBytes = 8192;             // of each that is looked at
inline constexpr size_t kZoneVersionBytes = 16;
inline constexpr size_t kProxyHeaderBytes = 64;         // of its name, in an error
inline constexpr size_t kZoneTextBytes = 256;           // of what a zone says of itself, each
inline constexpr size_t kZoneConfigBytes = 256u << 10;  // it is 10 to 20 kB
inline constexpr size_t kZoneErrorBytes = 4096;         // of a zone's own words, passed on
inline constexpr size_t kRefusalsPerMinute = 5;         // told one by one, of an address
inline constexpr size_t kRefusingAddresses = 128;       // told apart at a time

// Watching
inline constexpr size_t kWatches = 1024;
inline constexpr size_t kWatchesPerOrganization = 256;
inline constexpr size_t kWatchesPerControlPlane = 64;
inline constexpr size_t kWatchesPerSession = 4;    // of a browser, which has six connections
inline constexpr size_t kWatchBytes = 256u << 10;  // events that wait for a client, each
inline constexpr uint64_t kWatchBacklog = 10'000;  // revisions, or changes read at once
inline constexpr absl::Duration kWatchHeartbeat = absl::Seconds(15);

// Admin gRPC
inline constexpr size_t kAdminMessageBytes = 1u << 20;
inline constexpr size_t kAdminCallsInFlight = 256;
inline constexpr absl::Duration kAdminIdleTime = absl::Minutes(10);
inline constexpr absl::Duration kAdminStrangerTime = absl::Minutes(10);  // who never signs in
inline constexpr size_t kAdminStreamsPerConnection = 100;
inline constexpr size_t kAdminHealthWatches = 64;
inline constexpr size_t kAdminReflectionThreads = 8;
inline constexpr size_t kAdminErrorTextBytes = 1024;
inline constexpr size_t kAdminErrorViolations = 20;
inline constexpr size_t kAdminErrorFieldBytes = 80;
inline constexpr size_t kAdminErrorReasonBytes = 160;
inline constexpr size_t kAdminStrangerCallsPerAddress = 64;  // under way
inline constexpr size_t kAdminPageBytes = 2u << 20;  // clients take 4 MiB unless told otherwise

// Resources
inline constexpr size_t kNameBytes = 253;
inline constexpr size_t kLabels = 256;
inline constexpr size_t kZoneLabelBytes = 1024;  // of a key, or of a value, that a zone sends
inline constexpr size_t kSpecBytes = 4u << 20;
inline constexpr size_t kEnvoyMessageBytes = 32u << 20;  // what a snippet becomes while checked
inline constexpr size_t kSchemaViolations = 1000;  // else an answer grows with a body's square
inline constexpr size_t kDroppedMembersTold = 8;
inline constexpr size_t kDroppedPathBytes = 200;
inline constexpr size_t kYamlTagDirectives = 100;        // libyaml compares each with all before it
inline constexpr uint32_t kMeshAuthorityRsaBits = 4096;  // more would keep a thread for minutes
inline constexpr size_t kFilteredLists = 1024;           // remembered, of all tenants
inline constexpr size_t kFilteredItems = 4'000'000;      // pointers, over all these

// Templates in policies, which anybody may write
inline constexpr size_t kTemplateBytes = 64u << 10;        // of a hostname or an identity
inline constexpr size_t kTemplateOutputBytes = 64u << 10;  // and of each text in it
inline constexpr size_t kTemplateSteps = 20'000;
inline constexpr int kTemplateDepth = 100;     // of what is nested
inline constexpr int kTemplateRunDepth = 500;  // with what calls itself

// Matching: the work that policies can cause
inline constexpr size_t kRuleParts = 4096;            // that the tags of one type's entries make
inline constexpr size_t kRuleWork = 20'000'000;       // entries of a type, times parts
inline constexpr size_t kOverlapWork = 200'000'000;   // looks at pairs of overlapping sets of tags
inline constexpr size_t kMeshModelBytes = 64u << 20;  // cached models, of all control planes

// Import and export of a control plane
inline constexpr size_t kImportBytes = 64u << 20;         // YAML, once inflated
inline constexpr size_t kImportJsonBytes = 96u << 20;     // what it says, aliases expanded
inline constexpr size_t kImportDocuments = 100'000;       // one transaction
inline constexpr size_t kImportDocumentBytes = 6u << 20;  // as JSON
inline constexpr size_t kImportDocumentNodes = 200'000;
inline constexpr size_t kImportAuditBytes = 16u << 20;  // of entries made ready before the writing
inline constexpr size_t kImportErrors = 100;            // told in one answer
inline constexpr size_t kImportChanges = 20;            // told of one resource
inline constexpr size_t kImportValueBytes = 160;        // of each, as JSON
inline constexpr size_t kImportAuthorities = 16;        // RSA keys made by one import
inline constexpr int kTransfersAtOnce = 2;              // of all tenants

// Store
inline constexpr size_t kWriteQueue = 16'384;               // requests waiting for the writer
inline constexpr size_t kWriteQueuePerControlPlane = 4096;  // so that one cannot fill it
inline constexpr size_t kWriteBatchRequests = 512;
inline constexpr size_t kWriteBatchBytes = 8u << 20;
inline constexpr size_t kTombstonesPerType = 2048;      // kept per control plane
inline constexpr size_t kResourceViewBytes = 1u << 30;  // cached views, all tenants
inline constexpr size_t kFiguresItems = 4'000'000;      // counted resources, all tenants

// Audit
inline constexpr size_t kAuditDetailBytes = 16u << 10;
inline constexpr size_t kAuditTextBytes = 1024;  // of any other text of an entry
inline constexpr size_t kAuditScan = 5000;       // entries looked at for one page
inline constexpr size_t kAuditChanges = 64;      // places of a resource told apart in an entry
inline constexpr size_t kRefusalsTold = 1024;    // kinds of refused sign-ins told apart at a time

// Sign-in
inline constexpr size_t kCredentialBytes = 8u << 10;
inline constexpr size_t kJwtBytes = 16u << 10;
inline constexpr int kJwtDepth = 8;
inline constexpr size_t kJwtKeyIdBytes = 64;
// Keys and certificates are a few KiB; nobody has a reason to send us more of them.
inline constexpr size_t kPemBytes = 256u << 10;
inline constexpr size_t kPemBlocks = 1024;
inline constexpr int kRsaBits = 8192;
inline constexpr size_t kTokenCacheEntries = 32'768;
inline constexpr size_t kControlPlaneCacheEntries = 16'384;

// What the daemon itself asks others for
inline constexpr size_t kFetchHeaderBytes = 16u << 10;
inline constexpr int kFetchInterimAnswers = 8;  // 1xx
// Framing of very small chunks takes several times what it frames.
inline constexpr size_t kFetchWireBytesPerByte = 8;
inline constexpr size_t kNameLookUps = 4;  // under way
inline constexpr size_t kWebhookAnswerBytes = 64u << 10;
inline constexpr absl::Duration kWebhookTime = absl::Seconds(10);

// Readiness: our own ports
inline constexpr absl::Duration kKnockTime = absl::Seconds(2);   // for each to answer
inline constexpr absl::Duration kKnockFresh = absl::Seconds(1);  // then it is asked again
inline constexpr size_t kKnockWaiting = 64;                      // who wait for the answer

// What libraries say
inline constexpr double kLibraryLinesPerSecond = 10;
inline constexpr double kLibraryLinesBurst = 50;

// People from an identity provider (OIDC)
inline constexpr size_t kOidcDocumentBytes = 512u << 10;
// What lies deeper in a provider's documents, or in a token's claims, is dropped.
inline constexpr int kOidcDocumentDepth = 4;
inline constexpr int kOidcClaimsDepth = 2;  // groups and audiences are lists
inline constexpr size_t kOidcKeys = 64;
inline constexpr size_t kOidcGroups = 500;
inline constexpr absl::Duration kOidcFetchTime = absl::Seconds(5);
inline constexpr absl::Duration kOidcKeysFresh = absl::Hours(1);       // then they are read again
inline constexpr absl::Duration kOidcKeysUsable = absl::Hours(24);     // when that fails
inline constexpr absl::Duration kOidcRefetchPause = absl::Minutes(1);  // after an unknown key
inline constexpr absl::Duration kOidcRetryAfter = absl::Seconds(1);    // while they are read
inline constexpr absl::Duration kOidcSignInTime = absl::Minutes(10);   // from begin to end
inline constexpr size_t kOidcCodeBytes = 4096;
inline constexpr size_t kOidcAnswerBytes = 64u << 10;  // to a code
inline constexpr size_t kOidcSessionIdBytes = 255;
inline constexpr absl::Duration kOidcLogoutAge = absl::Minutes(5);
inline constexpr size_t kOidcRemembered = 8192;  // codes and logouts that came, for that long
inline constexpr size_t kReturnPathBytes = 2048;
inline constexpr size_t kOidcSessions = 8192;
inline constexpr absl::Duration kOidcSessionTime = absl::Minutes(5);

// Organizations and their principals
inline constexpr size_t kOrganizations = 10'000;
inline constexpr size_t kAccountsPerOrganization = 20'000;  // of each kind
inline constexpr size_t kAccountNameChars = 100;
inline constexpr size_t kAccountDescriptionChars = 250;
inline constexpr size_t kEmailBytes = 254;
inline constexpr size_t kRolesPerAccount = 100;
inline constexpr size_t kTokensPerAccount = 100;
inline constexpr size_t kPersonalTokensPerUser = 10;              // that are good
inline constexpr absl::Duration kTokenLifeMin = absl::Hours(24);  // personal, by ttl_seconds
inline constexpr absl::Duration kTokenLifeMax = absl::Hours(24 * 366);
inline constexpr absl::Duration kSharedTokenLife = absl::Hours(24 * 14);
inline constexpr absl::Duration kLastUsedStep = absl::Minutes(1);  // between two notes of a use
inline constexpr size_t kSessionsPerAccount = 20;  // of browsers; then the oldest goes
inline constexpr absl::Duration kSessionLife = absl::Hours(12);
inline constexpr absl::Duration kSessionIdle = absl::Hours(1);  // since its last use
inline constexpr size_t kSuspendReasonChars = 250;

// Quotas of a control plane where nobody set another
inline constexpr int kQuotaResources = 500'000;
inline constexpr int kQuotaMib = 4096;
inline constexpr int kQuotaZones = 10'000;

// Control planes
inline constexpr size_t kControlPlanesPerOrganization = 20'000;
inline constexpr size_t kControlPlaneNameChars = 100;
inline constexpr size_t kControlPlaneDescriptionChars = 250;
inline constexpr size_t kControlPlaneLabels = 10;
inline constexpr size_t kControlPlaneLabelChars = 63;
inline constexpr size_t kControlPlaneFilters = 16;

// What is asked across control planes: zones that are turned away, by the names that they claim
inline constexpr size_t kRefusedZones = 1000;       // of a control plane
inline constexpr size_t kAllRefusedZones = 50'000;  // of all of them

// Zones of all tenants, as they are remembered
inline constexpr size_t kFleetZones = 500'000;

// Answers
inline constexpr size_t kFacetValues = 50;    // of one field
inline constexpr size_t kFleetCauses = 100;   // told in one answer
inline constexpr size_t kFleetNamed = 3;      // control planes or zones of a cause
inline constexpr size_t kCursorBytes = 2048;  // of where a page begins

// Search
inline constexpr size_t kSearchBytes = 200;  // of what is looked for
inline constexpr size_t kSearchShown = 5;    // of each kind
inline constexpr size_t kSearchControlPlanes = 1000;
inline constexpr size_t kSearchAccounts = 1000;  // of each kind
inline constexpr size_t kSearchItems = 500'000;  // looked at by one question

// What ends
inline constexpr size_t kExpiryTokens = 10'000;  // looked at by one question

// Watching organizations (Server-Sent Events)
inline constexpr size_t kFleetWatches = 1024;
inline constexpr size_t kFleetWatchesPerOrganization = 256;
inline constexpr size_t kFleetLog = 10'000;                       // things told lately, of each
inline constexpr absl::Duration kFleetLinger = absl::Minutes(2);  // kept so long for nobody

}  // namespace skyden::base::limits
