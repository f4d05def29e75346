import Foundation
import Testing

@testable import CoinFormat

@Suite struct FitScheduleTests {
    private static let counts = [2, 3, 10, 11, 60, 600, 8000]

    @Test(arguments: counts)
    func `has as many steps as were asked for, of both kinds`(count: Int) {
        let schedule = FitSchedule(stepCount: count)
        #expect(schedule.stepCount == count)
        #expect(schedule.softStepCount >= 1 && schedule.hardStepCount >= 1)
    }

    @Test(arguments: counts)
    func `temperature and noise fall from their first to their last values`(count: Int) {
        let schedule = FitSchedule(stepCount: count)
        let steps = (1...schedule.softStepCount).map(schedule.step)
        #expect(steps[0].temperature == schedule.temperature.first)
        #expect(steps[0].noise == schedule.noise.first)
        for (step, next) in zip(steps, steps.dropFirst()) {
            #expect(next.temperature < step.temperature && next.noise < step.noise)
            #expect(next.temperature > schedule.temperature.last * 0.999)
        }
    }

    @Test(arguments: counts)
    func `once warm, the rates only fall, with the temperature`(count: Int) {
        let schedule = FitSchedule(stepCount: count)
        let warm = min(schedule.warmUpCount, schedule.softStepCount)
        let steps = (warm...schedule.softStepCount).map(schedule.step)
        for (step, next) in zip(steps, steps.dropFirst()) {
            #expect(next.latentRate <= step.latentRate && next.networkRate <= step.networkRate)
        }
        let all = (1...count).map(schedule.step)
        #expect(all.allSatisfy { $0.latentRate <= schedule.latentRate })
        #expect(all.allSatisfy { (0...schedule.networkRate).contains($0.networkRate) })
    }

    @Test(arguments: counts)
    func `the last steps round hard and move no latent`(count: Int) {
        let schedule = FitSchedule(stepCount: count)
        let steps = (schedule.softStepCount + 1...count).map(schedule.step)
        for step in steps {
            #expect(step.temperature == 0 && step.noise == 0 && step.latentRate == 0)
        }
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $1.networkRate < $0.networkRate })
    }

    @Test func `long fits end with harder rounding`() {
        let last = [80, 560, 860, 1400, 8000].map { FitSchedule(stepCount: $0).temperature.last }
        #expect(last[0] == last[1] && last[1] > last[2] && last[2] > last[3])
        #expect(last[3] == 0.06 && last[4] == 0.06)
    }

    @Test func `the fewer the steps, the larger they are and the less noise there is`() {
        let schedules = [40, 80, 120, 180, 300, 560, 900].map { FitSchedule(stepCount: $0) }
        for (short, long) in zip(schedules, schedules.dropFirst()) {
            #expect(short.latentRate >= long.latentRate)
            #expect(short.noise.first <= long.noise.first && short.noise.last <= long.noise.last)
        }
        #expect(schedules[1].latentRate == 1.5 * schedules[5].latentRate)
        #expect(schedules[1].noise.last == 0.75 * schedules[5].noise.last)
        #expect(schedules[0].latentRate == schedules[1].latentRate)
        #expect(schedules[5].latentRate == schedules[6].latentRate)
    }

    @Test func `long fits average more gradients`() {
        let memories = [2, 80, 220, 300, 400, 560, 8000].map {
            FitSchedule(stepCount: $0).step(1).latentMemory
        }
        #expect(memories[0] == 0.7 && memories[1] == 0.7 && memories[2] == 0.7)
        #expect(memories[2] < memories[3] && memories[3] < memories[4])
        #expect(memories[4] < memories[5] && memories[5] == 0.9 && memories[6] == 0.9)
    }

    @Test func `the rates follow the cosine to the power of 5/4`() {
        let schedule = FitSchedule(stepCount: 2000)
        for number in stride(from: schedule.warmUpCount, to: 1600, by: 13) {
            let done = Double(number - 1) / Double(schedule.softStepCount)
            let expected = Double(schedule.networkRate) * pow(cos(.pi / 2 * done), 1.25)
            let found = Double(schedule.step(number).networkRate)
            #expect((found - expected).magnitude < 1e-4 * expected, "step \(number)")
        }
    }
}
