// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.FilterResult.includedIf;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** The contract finds what is wrong with a provider, by the cases about it. */
class ProviderContractSelfTest {
    private static final String LEFT_OVER = "close_afterAllKindsOfCalls_leavesNoThreadDescriptorOrProcess";

    private static final String RELEASED = "released_unitRunsOn_andIsFoundAgain";

    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(10);

    /** Each with all the cases that fail. */
    static Stream<Arguments> narrowFaults() {
        return Stream.of(
                arguments(ContractSelfTestFaults.NoFault.class, Set.of()),
                arguments(ContractSelfTestFaults.RunsHaveOneId.class, Set.of("start_afterAStop_isAnotherRun")),
                arguments(ContractSelfTestFaults.OwnEndIsNotTold.class, Set.of("kill_tellsThatItEnded")),
                arguments(
                        ContractSelfTestFaults.PauseIsNotTold.class,
                        Set.of("pause_tellsThatItChanged", "unpause_tellsThatItChanged")),
                arguments(
                        ContractSelfTestFaults.LossIsNotTold.class,
                        Set.of("watch_lostForAWhile_whatHappenedMeanwhileIsNotMissed")),
                arguments(
                        ContractSelfTestFaults.InterruptIsSwallowed.class,
                        Set.of("status_interruptedInTheMiddle_endsAndTheUnitStillServes")),
                arguments(
                        ContractSelfTestFaults.VerbsWaitForEachOther.class,
                        Set.of("stop_pastItsDeadline_killWorksBesideIt", "twoUnits_oneHangs_theOtherIsServed")),
                arguments(
                        ContractSelfTestFaults.UnitIsGivenNoTime.class,
                        Set.of("stop_unitDoesNotStop_isEndedByForceAfterTheTimeout")),
                arguments(
                        ContractSelfTestFaults.MissingUnitCannotBeRead.class,
                        Set.of("missing_everyCall_isDoneOrRefusedAndStaysStopped")),
                arguments(
                        ContractSelfTestFaults.AddressIsRemembered.class,
                        Set.of("address_unitListens_isKnownWhileItRunsAndOnlyThen")),
                arguments(
                        ContractSelfTestFaults.FailedStartTellsNothing.class,
                        Set.of("start_fails_theLastOutputAndTheCodeAreTold")),
                arguments(
                        ContractSelfTestFaults.HealthIsHadAndNotStated.class,
                        Set.of("capabilityHealth_isToldIfAndOnlyIfItIsHad")),
                arguments(
                        ContractSelfTestFaults.HealthIsAwaitedAndNotStated.class,
                        Set.of("capabilityHealth_isToldIfAndOnlyIfItIsHad")),
                arguments(
                        ContractSelfTestFaults.HealthIsAwaitedAndNeverCome.class,
                        Set.of("capabilityHealth_isToldIfAndOnlyIfItIsHad")),
                arguments(
                        ContractSelfTestFaults.HealthIsStatedAndNotHad.class,
                        Set.of("capabilityHealth_isToldIfAndOnlyIfItIsHad")),
                arguments(
                        ContractSelfTestFaults.DiscoveryIsStatedAndNotHad.class,
                        Set.of("capabilityDiscover_isToldIfAndOnlyIfItIsHad")),
                arguments(
                        ContractSelfTestFaults.SignalIsHadAndNotStated.class,
                        Set.of("capabilitySignal_isToldIfAndOnlyIfItIsHad")),
                arguments(
                        ContractSelfTestFaults.UnknownSignalIsTaken.class,
                        Set.of("capabilitySignal_isToldIfAndOnlyIfItIsHad")),
                arguments(ContractSelfTestFaults.WhatIsReleasedIsEnded.class, Set.of(RELEASED)),
                arguments(ContractSelfTestFaults.WhatWasReleasedOnceIsNotHeard.class, Set.of(RELEASED)),
                arguments(
                        ContractSelfTestCloseFaults.CloseStopsTheUnits.class,
                        Set.of("reopen_unitRanOn_isFoundAndWatched", "close_duringKill_bothEnd")),
                arguments(ContractSelfTestCloseFaults.CloseWaitsForCalls.class, Set.of("close_duringStart_bothEnd")),
                arguments(ContractSelfTestCloseFaults.StartsAfterClose.class, Set.of("start_afterClose_isRefused")),
                arguments(ContractSelfTestCloseFaults.ThreadIsLeft.class, Set.of(LEFT_OVER)));
    }

    /** Each with the case that is about it; others need what does not work. */
    static Stream<Arguments> wideFaults() {
        return Stream.of(
                arguments(ContractSelfTestFaults.StopReturnsBeforeTheUnitIsStopped.class, "stop_running_isStopped"),
                arguments(ContractSelfTestFaults.HandlesDiffer.class, "unit_twoHandles_areTheSameUnit"),
                // Two starts at once may both see the run that the later one has begun.
                arguments(ContractSelfTestFaults.StartOfARunningUnitRestartsIt.class, "start_running_isLeftAlone"),
                arguments(ContractSelfTestFaults.StartOfARunningUnitRestartsIt.class, "start_paused_staysInItsRun"),
                // A pause that races with a stop may be refused or not.
                arguments(ContractSelfTestFaults.RefusalsSayNothing.class, "pause_stopped_isRefused"),
                arguments(
                        ContractSelfTestFaults.RefusalsSayNothing.class,
                        "missing_everyCall_isDoneOrRefusedAndStaysStopped"),
                arguments(ContractSelfTestFaults.StartIsNotTold.class, "start_tellsThatItStarted"),
                arguments(ContractSelfTestFaults.StatusIsBehindTheEvents.class, "start_tellsThatItStarted"),
                arguments(
                        ContractSelfTestFaults.PauseIsStatedAndNotHad.class,
                        "capabilityPause_isToldIfAndOnlyIfItIsHad"),
                arguments(
                        ContractSelfTestFaults.PauseIsHadAndNotStated.class,
                        "capabilityPause_isToldIfAndOnlyIfItIsHad"),
                arguments(
                        ContractSelfTestFaults.WatchIsHadAndNotStated.class,
                        "capabilityWatch_isToldIfAndOnlyIfItIsHad"));
    }

    @AfterAll
    static void closeWhatFaultsLeft() throws IOException {
        for (FileChannel left : ContractSelfTestCloseFaults.DescriptorIsLeft.LEFT) {
            left.close();
        }
        ContractSelfTestCloseFaults.ProcessIsLeft.LEFT.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @MethodSource("narrowFaults")
    void narrowFault_failsTheCasesAboutItAndNoOther(Class<?> faulty, Set<String> cases) {
        failsExactly(faulty, cases);
    }

    @ParameterizedTest
    @MethodSource("wideFaults")
    void wideFault_failsTheCaseAboutIt(Class<?> faulty, String about) {
        FaultySelfTestBase.patience = SHORT;
        assertThat(names(run(selectMethod(faulty, about), name -> true).failed()))
                .containsExactly(about);
    }

    @Test
    @RequiresPeer("setsid") // on Linux, which tells of descriptors as well
    void leftOver_isFound() {
        failsExactly(ContractSelfTestCloseFaults.DescriptorIsLeft.class, Set.of(LEFT_OVER));
        failsExactly(ContractSelfTestCloseFaults.ProcessIsLeft.class, Set.of(LEFT_OVER));
    }

    private static void failsExactly(Class<?> contract, Set<String> cases) {
        FaultySelfTestBase.patience = LONG;
        Events others = run(selectClass(contract), name -> !cases.contains(name));
        assertThat(others.started().count()).isGreaterThan(60);
        assertThat(names(others.failed())).isEmpty();
        FaultySelfTestBase.patience = SHORT;
        assertThat(names(run(selectClass(contract), cases::contains).failed())).isEqualTo(cases);
    }

    private static Events run(DiscoverySelector selected, Predicate<String> cases) {
        PostDiscoveryFilter filter = found -> includedIf(!found.isTest() || cases.test(name(found)));
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selected)
                .filters(filter)
                .execute()
                .testEvents();
    }

    private static String name(TestDescriptor test) {
        return test.getLegacyReportingName().replace("()", "");
    }

    private static Set<String> names(Events events) {
        return events.stream()
                .map(Event::getTestDescriptor)
                .map(ProviderContractSelfTest::name)
                .collect(Collectors.toSet());
    }
}
