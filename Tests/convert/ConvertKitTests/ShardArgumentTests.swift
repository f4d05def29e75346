import Testing

@testable import ConvertKit

@Suite struct ShardArgumentTests {
    private func shard(_ text: String, _ variables: [String: String] = [:]) throws -> Shard {
        try ShardArgument.shard(text) { variables[$0] }
    }

    @Test func `takes a number and a count`() throws {
        #expect(try shard("3/8") == Shard(number: 3, of: 8))
        #expect(try shard("1000000/1000000").description == "1000000/1000000")
    }

    @Test(arguments: [
        "", "3", "0/8", "9/8", "3/0", "-1/8", "+1/8", "3/8/9", "a/8", "3/b", "/8", "3/", " 3/8",
        "1/1000001", "auto/", "auto/0x8", "automatic", "99999999999999999999/1",
    ])
    func `refuses what is no part`(text: String) {
        #expect(throws: CommandError.self) { try shard(text, ["PARALLEL_SEQ": "1"]) }
    }

    private static let slurm = [
        "SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "9",
        "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_STEP": "2",
    ]

    @Test(arguments: [
        ("auto", slurm, 3, 4), ("auto/9", slurm, 7, 9),
        ("auto", ["AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "5"], 1, 5),
        ("auto/5", ["AWS_BATCH_JOB_ARRAY_INDEX": "4", "AWS_BATCH_JOB_ARRAY_SIZE": "5"], 5, 5),
        ("auto/5", ["JOB_COMPLETION_INDEX": "4"], 5, 5),
        ("auto", ["JOB_COMPLETION_INDEX": "0", "CONVERT_SHARD_COUNT": "2"], 1, 2),
        ("auto/3", ["PARALLEL_SEQ": "3"], 3, 3),
        ("auto", ["PARALLEL_SEQ": "3", "CONVERT_SHARD_COUNT": "12"], 3, 12),
    ])
    func `finds the task that an engine says`(
        text: String, variables: [String: String], number: Int, count: Int
    ) throws {
        #expect(try shard(text, variables) == Shard(number: number, of: count))
    }

    @Test(arguments: [
        ("auto", [:], "none of SLURM_ARRAY_TASK_ID"),
        ("auto", ["PARALLEL_SEQ": "1"], "does not say how many"),
        ("auto", ["JOB_COMPLETION_INDEX": "1"], "does not say how many"),
        ("auto/2", ["JOB_COMPLETION_INDEX": "2"], "no task 3 of 2"),
        ("auto/2", ["PARALLEL_SEQ": "0"], "no task 0 of 2"),
        ("auto/2", ["PARALLEL_SEQ": "x"], "which is no number"),
        ("auto/2", ["PARALLEL_SEQ": "1", "JOB_COMPLETION_INDEX": "1"], "both"),
        (
            "auto/4", ["AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "5"],
            "has 5 tasks, not 4"
        ),
        ("auto", ["AWS_BATCH_JOB_ARRAY_INDEX": "0"], "AWS_BATCH_JOB_ARRAY_SIZE is not set"),
        ("auto", slurm.merging(["SLURM_ARRAY_TASK_COUNT": "3"]) { $1 }, "is no range"),
        ("auto", slurm.merging(["SLURM_ARRAY_TASK_ID": "8"]) { $1 }, "is no range"),
        ("auto", slurm.merging(["SLURM_ARRAY_TASK_STEP": "0"]) { $1 }, "is no range"),
        ("auto", ["SLURM_ARRAY_TASK_ID": "1"], "SLURM_ARRAY_TASK_MIN is not set"),
    ])
    func `says why there is none`(text: String, variables: [String: String], reason: String) {
        let error = #expect(throws: CommandError.self) { try shard(text, variables) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
