"""Sentences in two languages: the data, BLEU, and the recipe that translates them."""

from __future__ import annotations

import gzip
import pathlib
import sys

import cases
import keras
import numpy as np
import pytest
import tensorflow as tf
from cases import as_seed, everything
from conftest import tfds_folder

import keras_genmodels as kgm
from keras_genmodels import cli
from keras_genmodels.data import phrase_grammar
from keras_genmodels.models.sentence_writer import drawing
from keras_genmodels.networks.sequence_translation import WordAttention
from keras_genmodels.objectives.sentence_bleu import sentence_bleu

SMALL = {
    "preset": False,
    "likelihood_epochs": 0,
    "num_rollouts": 2,
    "word_size": 4,
    "units": 6,
    "filters": 3,
}
SPLITS = ("train", "test")
NOUNS = {"hund": "dog", "katze": "cat", "kuh": "cow", "maus": "mouse"}
DEEDS = {"schläft": "sleeps", "isst": "eats", "singt": "sings", "wartet": "waits"}


def load(name, split="train", **options):
    options = {"batch_size": 8, "drop_remainder": False, "shuffle": False, **options}
    found = kgm.data.load(name, split, **options)
    return everything(found[0]), found[1]


def said(spec, batch):
    """The sentences of both sides, and whether each is known."""
    return tuple(kgm.data.sentences(spec, batch[key], key) for key in ("source", "x"))


@pytest.fixture(scope="module")
def sentences(tmp_path_factory):
    """The name of 32 pairs of short sentences, in a file."""
    file = tmp_path_factory.mktemp("sentences") / "pairs.tsv"
    lines = [
        f"{first} {noun} {deed}\t{second} {NOUNS[noun]} {DEEDS[deed]}"
        for first, second in (("die", "The"), ("eine", "A"))
        for noun in NOUNS
        for deed in DEEDS
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"parallel:{file}"


class TestCSGAN(cases.ModelCase):
    """In the game, from the first epoch on."""

    @pytest.fixture
    def batches(self, sentences):
        return kgm.data.load(sentences, batch_size=8, shuffle=False)[0].take(2)

    @pytest.fixture
    def build(self, sentences):
        spec = kgm.data.load(sentences, batch_size=8)[1]

        def build(**options):
            model = kgm.zoo.build("cs_gan", spec, seed=1, **SMALL, **options)
            model.begin_epoch(0)
            return model

        return build

    def test_same_seed_same_model_and_samples(self, build) -> None:
        model, twin = build(), build()
        for ours, theirs in zip(model.weights, twin.weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        condition = cases.some_condition(model.spec, 5)
        x = model.sample(5, condition=condition, seed=3)
        assert x.shape == (5, *model.spec.x_shape)
        assert x.dtype == tf.int32
        model.spec.check({"x": x, **condition}, needed=["x", "source"])
        np.testing.assert_array_equal(x, twin.sample(5, condition=condition, seed=3))
        assert np.any(x != model.sample(5, condition=condition, seed=4))

    def test_mixed_precision_keeps_losses_in_float32(self, build, batches) -> None:
        model = build(dtype="mixed_bfloat16")
        for batch in batches:
            logs = model.train_step(batch)
        assert np.all(np.isfinite(list(logs.values())))
        assert {w.dtype for w in model.trainable_weights} == {"float32"}
        assert cases.answer(model, 1).dtype == tf.int32
        assert keras.config.dtype_policy().name == "float32"

    def test_each_players_step_moves_that_player_alone(self, build, batches) -> None:
        model = build()
        real = model.unpack(next(iter(batches)))
        fake = model.fake_batch(real, as_seed(1))
        own, others = model.critic_variables, model.generator_variables
        before = cases.values(others)
        model.critic_step(real, fake)
        cases.check_stood_still(others, before)
        before = cases.values(own)
        model.generator_step(real, fake)
        cases.check_stood_still(own, before)


# --- data -----------------------------------------------------------------------------


def test_phrases_are_disjoint_and_have_many_right_translations():
    found = {}
    for split in SPLITS:
        batch, spec = load("phrases", split, num_examples=800)
        assert spec.kind == "tokens"
        found[split] = said(spec, batch)
        assert len({*found[split][0]}) == 800
    for train, test in zip(*found.values(), strict=True):
        assert not {*train} & {*test}
    rng = np.random.RandomState(0)
    meaning = {
        **{"tense": "past", "deed": "buy", "subject": "woman", "object": "horse"},
        **{"subject_article": "definite", "object_article": "indefinite"},
        **{"subject_quality": "old", "object_quality": "", "place": "", "time": ""},
    }
    german = {phrase_grammar.german(meaning, rng) for _ in range(200)}
    assert german == {
        f"die alte {woman} hat ein {horse} {bought}"
        for woman in ("frau", "dame")
        for horse in ("pferd", "ross")
        for bought in ("gekauft", "erworben")
    }
    english = {phrase_grammar.english(meaning, rng) for _ in range(2000)}
    assert {
        "the old lady bought a steed",
        "a horse was purchased by the aged woman",
    } < (english)
    assert len(english) == 2 * 2 * 2 * 2 * 2  # old, woman, bought, horse; passive


def test_reversed_phrases_change_places():
    batch, spec = load("phrases", num_examples=50)
    other, turned = load("phrases", num_examples=50, reverse=True)
    assert said(spec, batch) == said(turned, other)[::-1]


def test_own_sentences_in_one_file_or_two(sentences, tmp_path):
    batch, spec = load(sentences)
    test, again = load(sentences, "test")
    assert again == spec
    sources, targets = said(spec, batch)
    assert len(sources) == 25
    assert len(test["x"]) == 7
    wanted = {**NOUNS, **DEEDS, "die": "the", "eine": "a"}
    for source, target in zip(sources, targets, strict=True):
        assert target == " ".join(wanted[word] for word in source.split())
    file = pathlib.Path(sentences.partition(":")[2])
    lines = file.read_text(encoding="utf-8").splitlines()
    with gzip.open(tmp_path / "a.gz", "wt", encoding="utf-8") as stream:
        stream.write("\n".join(line.split("\t")[0] for line in lines))
    english = "\n".join(line.split("\t")[1] for line in lines)
    (tmp_path / "b.txt").write_text(english, encoding="utf-8")
    same, two = load(f"parallel:{tmp_path / 'a.gz'},{tmp_path / 'b.txt'}")
    assert said(two, same) == (sources, targets)


def test_rare_words_are_unknown_and_long_sentences_left_out(tmp_path):
    file = tmp_path / "few.tsv"
    lines = ["ja\tyes", "nein\tno"] * 6 + ["ja ja\tyes yes"] * 3
    lines += [f"nein wort{n}\tno word{n}" for n in range(20)]
    lines += ["ja und nein und ja\tyes and no and yes"] * 3
    file.write_text("\n".join(lines), encoding="utf-8")
    batch, spec = load(f"parallel:{file}", max_words=2)
    assert spec.x_shape == (2,)
    assert set(spec.words) == {"", "<unk>", "yes", "no"}
    assert "no <unk>" in said(spec, batch)[1]
    _, spec = load(f"parallel:{file}")
    assert spec.x_shape == (5,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("one\ttwo\nthree", "tab between them. Received: 1 parts in line 2"),
        ("a\tb\tc", "tab between them. Received: 3 parts in line 1"),
        ("\t\n\t", "must have a pair of sentences .* Received: none"),
    ],
)
def test_files_of_no_pairs_are_refused(content, message, tmp_path):
    (tmp_path / "bad.tsv").write_text(content)
    with pytest.raises(ValueError, match=message):
        kgm.data.load(f"parallel:{tmp_path / 'bad.tsv'}")
    (tmp_path / "short.txt").write_text("a\nb\nc\nd")
    with pytest.raises(ValueError, match=r"as many lines as each other. Received: "):
        kgm.data.load(f"parallel:{tmp_path / 'bad.tsv'},{tmp_path / 'short.txt'}")
    with pytest.raises(ValueError, match=r"that exist. Received: 'parallel:nowhere'"):
        kgm.data.load("parallel:nowhere")
    with pytest.raises(ValueError, match="'phrases' takes no `max_words`"):
        kgm.data.load("phrases", max_words=3)


def test_multi30k_is_read_from_its_files(tmp_path):
    for name, count in (("train", 6), ("val", 3), ("test_2016_flickr", 2)):
        for end, word in (("de", "Hund"), ("en", "dog")):
            text = "".join(f"Ein {word}, {word}.\n" for _ in range(count))
            (tmp_path / f"{name}.{end}").write_text(text, encoding="utf-8")
    for split, count in (("train", 6), ("validation", 3), ("test", 2)):
        batch, spec = load("multi30k", split, manual_dir=tmp_path)
        assert said(spec, batch) == (["ein hund hund"] * count, ["ein dog dog"] * count)


def test_the_real_multi30k_has_its_sentences():
    folder = tfds_folder().parent / "multi30k"
    if not folder.is_dir():
        pytest.skip(f"Multi30k is not in {folder}")
    batch, spec = load("multi30k", "test", manual_dir=folder, batch_size=1000)
    assert len(batch["x"]) == 1000
    first = [side[0] for side in said(spec, batch)]
    assert first[0] == "ein mann mit einem orangefarbenen hut der etwas <unk>"
    assert first[1] == "a man in an orange hat starring at something"


def test_words_of_x_travel_with_the_spec():
    _, spec = load("phrases", num_examples=8)
    assert kgm.data.DatasetSpec.from_dict(spec.to_dict()) == spec
    told = ["the dog sees a boat"]
    tokens = kgm.data.tokens(spec, ["The dog sees a boat."], "x")
    assert kgm.data.sentences(spec, tokens, "x") == told
    with pytest.raises(ValueError, match="Unknown word 'zebra'"):
        kgm.data.tokens(spec, ["the zebra"], "x")
    with pytest.raises(ValueError, match=r"`words` must be left out .*kind='points'"):
        kgm.data.DatasetSpec("any", (3,), words=("", "a"))
    with pytest.raises(ValueError, match=rf"`x` must be in 0..{len(spec.words) - 1}"):
        spec.check({"x": 1000 + tokens, "source": np.zeros((1, 10), np.int32)})


# --- BLEU -----------------------------------------------------------------------------


def test_sentence_bleu_is_that_of_sacrebleu():
    sacrebleu = pytest.importorskip("sacrebleu", reason="the extra `text`")
    rng = np.random.default_rng(0)
    pairs = np.zeros((2, 60, 9), np.int32)
    for row in pairs.reshape(-1, 9):
        row[: rng.integers(1, 10)] = 1
    pairs *= rng.integers(1, 4, pairs.shape)  # of three words many n-grams are shared
    found = sentence_bleu(*map(tf.constant, pairs))
    for row, x, reference in zip(found, *pairs, strict=True):
        made, right = (
            " ".join(str(word) for word in side if word) for side in (x, reference)
        )
        wanted = sacrebleu.sentence_bleu(
            made, [right], smooth_method="add-k", smooth_value=1, tokenize="none"
        )
        assert float(row) == pytest.approx(wanted.score / 100, abs=1e-5)
    assert float(sentence_bleu(pairs[0][:1] * 0, pairs[1][:1])[0]) == 0


class Parrot:
    """Translates each source by what it is given, in the order of the batches."""

    def __init__(self, spec, answers):
        self.spec, self.answers = spec, list(answers)

    def translate(self, source, condition=None, seed=None):
        rows, self.answers = self.answers[: len(source)], self.answers[len(source) :]
        return np.stack(rows)


def test_bleu_of_right_and_of_half_right_translations():
    """Of sentences that have four words or more; others have no BLEU alone."""
    sacrebleu = pytest.importorskip("sacrebleu", reason="the extra `text`")
    options = {"num_examples": 40, "batch_size": 8}
    batches, spec = kgm.data.load("phrases", **options)
    x = np.concatenate([b["x"] for b in batches])
    kgm.data.set_epoch(batches, 0)
    measure = kgm.evaluation.evaluate
    found = measure(Parrot(spec, x), batches)  # what is measured where nothing is said
    assert found == {
        "bleu": pytest.approx(100.0),
        "bleu/exact": 1.0,
        "bleu/length": 1.0,
        "bleu/examples": len(x),
    }
    wrong = x.copy()
    wrong[::2, 0] = wrong[::2, 1]
    told = [kgm.data.sentences(spec, side, "x") for side in (wrong, x)]
    wanted = sacrebleu.corpus_bleu(told[0], [told[1]], tokenize="none", force=True)
    kgm.data.set_epoch(batches, 0)
    found = measure(Parrot(spec, wrong), batches, ["bleu"])
    assert found["bleu"] == pytest.approx(wanted.score)
    assert found["bleu/exact"] == pytest.approx(np.mean(np.arange(len(x)) % 2))


def test_an_unknown_word_is_never_right(tmp_path):
    pytest.importorskip("sacrebleu", reason="the extra `text`")
    file = tmp_path / "rare.tsv"
    lines = [f"a{n} b b b b\tc{n} d d d d" for n in range(20)]
    file.write_text("\n".join(lines))
    batches, spec = kgm.data.load(f"parallel:{file}", "test")
    x = everything(batches)["x"]
    assert {*x[:, 0]} == {spec.words.index("<unk>")}
    found = kgm.evaluation.evaluate(Parrot(spec, x), batches)
    assert found["bleu/exact"] == 0
    parts = 4 / 5 * 3 / 4 * 2 / 3 * 1 / 2  # n-grams without the first word
    assert found["bleu"] == pytest.approx(100 * parts**0.25)


def test_bleu_says_what_it_takes(sentences, monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    batches, spec = kgm.data.load(sentences, batch_size=8)
    x = np.concatenate([b["x"] for b in batches])
    with pytest.raises(ImportError, match=r"pip install 'keras_genmodels\[text\]'"):
        kgm.evaluation.evaluate(Parrot(spec, x), batches, ["bleu"])


# --- the model ------------------------------------------------------------------------


@pytest.fixture
def toy():
    """A model of sentences of at most two words, of a vocabulary of two."""
    source = kgm.data.spec.Tensor("source", (2,), "tokens", ("", "a", "b"))
    spec = kgm.data.DatasetSpec(
        "toy", (2,), tensors=[source], kind="tokens", words=("", "c", "d")
    )
    model = kgm.zoo.build("cs_gan", spec, seed=2, **{**SMALL, "num_rollouts": 1})
    model.decoder.get_layer("logits").bias.assign([0.3, -0.5, 0.6])
    return model


SENTENCES = np.array([(0, 0), *((a, b) for a in (1, 2) for b in (0, 1, 2))], np.int32)


def test_probabilities_of_all_sentences_add_up_to_one(toy):
    source = np.repeat([[1, 2]], len(SENTENCES), axis=0).astype(np.int32)
    log_probs = toy.writer.log_probs({"source": source}, SENTENCES)
    p = np.exp(np.sum(log_probs, axis=1))
    assert p.sum() == pytest.approx(1.0, abs=1e-5)
    count = 20_000
    many = {"source": np.repeat(source[:1], count, axis=0)}
    drawn = toy.sample(condition=many, seed=3).numpy()
    often = [(drawn == row).all(axis=1) for row in SENTENCES]
    cases.check_mean_is(np.stack(often, axis=1), p)  # error rate 1e-6
    likeliest = SENTENCES[0] * 0
    for place in range(2):  # of every word the likeliest after those before
        begun = [[*likeliest[:place], word] + [0] * (1 - place) for word in range(3)]
        given = {"source": source[:3]}
        steps = toy.writer.log_probs(given, np.array(begun, np.int32))[:, place]
        likeliest[place] = np.argmax(steps) if place == 0 or likeliest[0] else 0
    np.testing.assert_array_equal(toy.translate(source)[0], likeliest)


def test_roll_outs_keep_the_beginnings_and_finish_them_by_their_probabilities(toy):
    count = 4000
    source = np.repeat([[1, 2]], 3, axis=0).astype(np.int32)
    x = np.array([(1, 2), (2, 0), (0, 0)], np.int32)
    made = toy.writer.finish({"source": source}, x, count, drawing(as_seed(4))).numpy()
    assert made.shape == (2, count, 3, 2)
    assert (made[1, :, :, 0] == x[:, 0]).all()
    assert (made[1, :, 2] == 0).all()  # it has ended
    p = np.exp(toy.writer.log_probs({"source": np.repeat(source[:1], 7, 0)}, SENTENCES))
    whole = [(made[0, :, 0] == row).all(axis=1) for row in SENTENCES]
    cases.check_mean_is(np.stack(whole, axis=1), p.prod(axis=1))  # error rate 1e-6
    second = [made[1, :, 0, 1] == word for word in range(3)]
    cases.check_mean_is(np.stack(second, axis=1), p[1:4, 1])


def test_the_policy_gradient_is_that_of_the_mean_reward(toy):
    """In the mean over draws; z-tests of all weights of a bias, error rate 1e-6."""
    rows = 400
    real = {
        "source": tf.constant(np.repeat([[1, 2]], rows, axis=0), tf.int32),
        "x": tf.constant(np.repeat([[2, 1]], rows, axis=0), tf.int32),
    }
    bias = toy.decoder.get_layer("logits").bias
    few = {key: value[: len(SENTENCES)] for key, value in real.items()}
    reward = toy.rewards(few, tf.constant(SENTENCES))
    with tf.GradientTape() as tape:
        log_probs = toy.writer.log_probs(few, tf.constant(SENTENCES))
        mean = tf.reduce_sum(tf.exp(tf.reduce_sum(log_probs, axis=1)) * reward)
    wanted = tape.gradient(mean, bias.value)

    @tf.function(reduce_retracing=True)
    def drawn(seed):
        x = toy.fake_batch(real, seed)["x"]
        value = toy.values(real, x, seed + 1000)
        with tf.GradientTape() as tape:
            log_probs = toy.writer.log_probs(real, x)
            gains = tf.reduce_sum((value[:, 1:] - value[:, :-1]) * log_probs, axis=1)
            total = tf.reduce_mean(gains)
        return tape.gradient(total, bias.value)

    found = np.stack([drawn(as_seed(number)) for number in range(60)])
    assert np.abs(wanted).max() > 10 * found.std(axis=0).max() / np.sqrt(60)
    cases.check_mean_is(found, wanted)


def test_rewards_are_shares_of_the_critic_and_of_bleu(toy):
    x = tf.constant([[1, 2], [2, 0]], tf.int32)
    real = {"source": tf.constant([[1, 2], [2, 2]]), "x": tf.constant([[1, 2], [1, 1]])}
    score = toy.critics[0]({**real, "x": x})["score"][:, 0]
    bleu = np.array([1.0, 0.0])  # the same sentence; no word of it
    wanted = 0.7 / (1 + np.exp(-score)) + 0.3 * bleu
    np.testing.assert_allclose(toy.rewards(real, x), wanted, rtol=1e-5)
    stacked = toy.rewards(real, tf.stack([x, x[::-1]]))
    assert stacked.shape == (2, 2)
    np.testing.assert_allclose(stacked[0], wanted, rtol=1e-5)


def test_attention_is_a_mean_by_fit_and_passes_over_what_is_no_word():
    query, memory = np.float32([[1, 0]]), np.float32([[[2, 1], [1, 5], [9, 9]]])
    found = WordAttention()(query, memory, np.int32([[4, 7, 0]]))
    weights = np.exp([2, 1]) / np.exp([2, 1]).sum()
    np.testing.assert_allclose(found[0], weights @ memory[0, :2], rtol=1e-5)


def eager(spec, **options):
    """A model whose steps are run without a graph, whose making takes longer."""
    model = kgm.zoo.build("cs_gan", spec, seed=1, **{**SMALL, **options})
    model.run_eagerly = True
    return model


def test_phases_follow_from_the_epoch(sentences):
    batches, spec = kgm.data.load(sentences, batch_size=24)
    options = {"likelihood_epochs": 3, "critic_epochs": 1}
    model = eager(spec, **options)
    history = model.fit(batches, epochs=4, verbose=0).history
    np.testing.assert_array_equal(np.array(history["critic_loss"]) > 0, [0, 0, 1, 1])
    np.testing.assert_array_equal(np.array(history["reward"]) > 0, [0, 0, 0, 1])
    assert history["nll"][1] < history["nll"][0]
    plain = eager(spec, adversarial=0.0, **options)
    critic = cases.values(plain.critic_variables)
    longer = plain.fit(batches, epochs=4, verbose=0).history
    cases.check_stood_still(plain.critic_variables, critic)
    assert longer["nll"][:3] == history["nll"][:3]  # the critic's epoch is no other


def test_a_training_that_is_stopped_between_phases_goes_on_as_if_not(
    sentences, tmp_path
):
    def batches():
        return kgm.data.load(sentences, batch_size=8)

    options = {"likelihood_epochs": 1, "critic_epochs": 1}
    whole, half = (eager(batches()[1], **options) for _ in range(2))
    whole.fit(batches()[0].take(1), epochs=3, verbose=0)
    half.fit(batches()[0].take(1), epochs=1, verbose=0)
    half.save(tmp_path / "half.keras")
    half = keras.saving.load_model(tmp_path / "half.keras")
    half.run_eagerly = True
    half.fit(batches()[0].take(1), initial_epoch=1, epochs=3, verbose=0)
    for ours, theirs in zip(cases.all_state(whole), cases.all_state(half), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=ours.path)


def test_a_run_shows_sentences_and_measures_them(sentences, tmp_path, capsys):
    pytest.importorskip("sacrebleu", reason="the extra `text`")
    run = tmp_path / "run"
    words = ["train", "cs_gan", sentences, "--epochs", "2", "--batch-size", "8"]
    options = [f"{key}={value}" for key, value in SMALL.items() if key != "preset"]
    assert cli.main([*words, "--out", str(run), "--set", *options]) == 0
    assert cli.main(["evaluate", str(run), "--metrics", "bleu"]) == 0
    assert "bleu" in capsys.readouterr().out
    file = tmp_path / "three.txt"
    assert cli.main(["sample", str(run), "--count", "3", "--out", str(file)]) == 0
    model = kgm.training.restore(kgm.training.Run.open(run))
    batch, spec = load(sentences, "test")
    blocks = file.read_text(encoding="utf-8").strip().split("\n\n")
    assert len(blocks) == 3
    made = kgm.data.sentences(spec, model.translate(batch["source"]), "x")
    for block, source, translation, right in zip(
        blocks, said(spec, batch)[0], made, said(spec, batch)[1], strict=False
    ):
        lines = [line.split(":", 1) for line in block.splitlines()]
        told = {key: value.strip() for key, value in lines}
        assert [*told] == ["source", "likeliest", "drawn", "right"]
        assert (told["source"], told["right"]) == (source, right)
        assert told["likeliest"] == translation
    with pytest.raises(ValueError, match=r"written to a '\.txt' file"):
        kgm.training.draw(kgm.training.Run.open(run), tmp_path / "a.png")


def test_artefacts_translate(sentences, tmp_path):
    batch, spec = load(sentences, "test")
    model = kgm.zoo.build("cs_gan", spec, seed=1, **SMALL)
    source, seed = batch["source"], as_seed(3)
    given = {"source": source, "seed": seed}
    methods = {
        "translate": (given, model.translate(source)),
        "sample": (given, model.sample(condition={"source": source}, seed=seed)),
    }
    cases.check_signatures(model, tmp_path / "translator" / "1", methods)
    artefact = kgm.export.load(tmp_path / "translator")
    np.testing.assert_array_equal(artefact.translate(source), model.translate(source))
    assert artefact.spec.words == spec.words


def test_what_is_no_sentence_is_refused(digits, sentences):
    with pytest.raises(ValueError, match=r"`cs_gan` needs sentences, tokens"):
        kgm.zoo.build("cs_gan", digits[1])
    bare = kgm.data.DatasetSpec("bare", (3,), kind="tokens", words=("", "a"))
    with pytest.raises(ValueError, match=r"`cs_gan` needs the tensors \['source'\]"):
        kgm.zoo.build("cs_gan", bare)
    batch, spec = load(sentences, "test")
    model = kgm.zoo.build("cs_gan", spec, **SMALL)
    with pytest.raises(ValueError, match=r"`source` must be in 0\.\."):
        model.translate(batch["source"] + 1000)
    with pytest.raises(TypeError, match="`source` must hold integers"):
        model.translate(np.float32(batch["source"]))
