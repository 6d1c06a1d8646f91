// The behaviour every driver of the queue port has, as GoogleTest cases.
//
// One test file of a driver includes this header and instantiates the suite:
//   INSTANTIATE_TEST_SUITE_P(Log, QueueConformance, testing::Values(&make_my_storage));
// where make_my_storage() returns a fresh, empty storage that queues are opened on.
#pragma once
#include "queue/conformance/back_pressure.h"
#include "queue/conformance/consuming.h"
#include "queue/conformance/headers.h"
#include "queue/conformance/membership.h"
#include "queue/conformance/producing.h"
#include "queue/conformance/topics.h"
