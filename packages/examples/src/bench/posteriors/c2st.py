"""What the wheel of sbibm holds of a task, and the two-sample test of draws against it.

    python c2st.py sbibm.whl TASK observations                prints the observations, a list of JSON
    python c2st.py sbibm.whl TASK NUMBER draws.f32            prints the accuracy of the classifier: 0.5 cannot tell them apart

draws.f32: float32, draws one after the other. The classifier and its settings are those of sbibm.metrics.c2st, over NumPy.
"""

import bz2
import json
import sys
import zipfile

import numpy as np


def table(wheel, task, number, name):
    """A file of an observation, without its line of names."""
    path = f"sbibm/tasks/{task}/files/num_observation_{number}/{name}"
    text = zipfile.ZipFile(wheel).read(path)
    lines = (bz2.decompress(text) if name.endswith(".bz2") else text).decode().split()
    return np.array([[float(v) for v in line.split(",")] for line in lines[1:]])


def accuracy(reference, draws, seed=1):
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.neural_network import MLPClassifier

    mean, deviation = reference.mean(0), reference.std(0, ddof=1)
    data = np.concatenate([(reference - mean) / deviation, (draws - mean) / deviation])
    target = np.repeat([0, 1], [len(reference), len(draws)])
    width = 10 * data.shape[1]
    classifier = MLPClassifier((width, width), activation="relu", solver="adam", max_iter=10000, random_state=seed)
    folds = KFold(n_splits=5, shuffle=True, random_state=seed)
    return cross_val_score(classifier, data.astype(np.float32), target, cv=folds, scoring="accuracy").mean()


if __name__ == "__main__":
    wheel, task, what, *rest = sys.argv[1:]
    if what == "observations":
        print(json.dumps([table(wheel, task, k, "observation.csv")[0].tolist() for k in range(1, 11)]))
    else:
        reference = table(wheel, task, what, "reference_posterior_samples.csv.bz2")
        draws = np.fromfile(rest[0], np.float32).reshape(-1, reference.shape[1])
        print(json.dumps(float(accuracy(reference, draws))))
